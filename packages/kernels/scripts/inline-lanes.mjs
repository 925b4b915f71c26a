// A step of the AssemblyScript compiler: functions on vectors (a parameter or the result is a v128) are inlined wherever
// they are called. A call in an inner loop costs more than the arithmetic, engines do not inline, and the compiler does
// so by itself only where a function is small. A decorator would do the same, but formatters cannot parse one there.
import { Node, NodeKind } from 'assemblyscript';
import { Transform } from 'assemblyscript/transform';

const isVector = (type) => type.kind === NodeKind.NamedType && type.name.identifier.text === 'v128';

const worksOnVectors = ({ kind, signature }) =>
  kind === NodeKind.FunctionDeclaration &&
  [signature.returnType, ...signature.parameters.map(({ type }) => type)].some(isVector);

export default class InlineVectorFunctions extends Transform {
  afterParse({ sources }) {
    const own = sources.filter(({ internalPath }) => internalPath.startsWith('assembly/'));
    for (const statement of own.flatMap((source) => source.statements).filter(worksOnVectors)) {
      const { range } = statement;
      const name = Node.createIdentifierExpression('inline', range);
      statement.decorators = [Node.createDecorator(name, null, range)];
    }
  }
}
