import { type MemberOrder, serve } from './member.js';

/** The part of a worker's global scope that is used here; TypeScript's DOM library has a page's. */
interface Scope {
  postMessage(message: unknown): void;
  onmessage: ((event: MessageEvent<MemberOrder>) => void) | null;
}
const scope = self as unknown as Scope;

scope.onmessage = ({ data }) => serve(data, () => scope.postMessage('ready'));
