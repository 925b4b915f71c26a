import { nearestName } from '@tripartite/sdk';
import { Command, CommanderError, Option } from 'commander';
import type { CompareFlags } from './commands/compare.js';
import type { FitFlags } from './commands/fit.js';
import type { ModelsFlags } from './commands/models.js';
import type { ReproduceFlags } from './commands/reproduce.js';
import type { RunFlags } from './commands/run.js';
import type { StartFlags } from './commands/start.js';
import { allowedWords } from './suggestion.js';
import { readVersions } from './versions.js';

const examples = `
Examples:
  $ tripartite compare --text "Astrocytes listen to synapses and answer with calcium."
  $ tripartite compare --image sample:cat --report cat.html
  $ tripartite compare --image sample:cat sample:boats --hidden matched --seeds 3 --json
  $ tripartite models`;

const compareExamples = `
Examples:
  $ tripartite compare --text "Astrocytes listen to synapses and answer with calcium."
  $ echo "Any text you like." | tripartite compare --hidden performer --neurons 1024
  $ tripartite compare --image sample:cat --report cat.html
  $ tripartite compare --image sample:cat sample:boats --hidden matched --seeds 3 --json
  $ tripartite compare --text "Only the first layer." --swap 0

Hidden layers, drawn: performer, cosine, positive-cosine, truncated-performer, clipped-sine, linear, elu, relu,
hedgehog, matched. Fitted, where the model brings one (see tripartite models): learned, fine-tuned, adapted.
A file may be a folder of files (.txt, .md; .png, .jpg, .jpeg, .webp), or sample:NAME (see tripartite models).`;

const runExamples = `
Examples:
  $ tripartite run --text "Astrocytes listen to synapses."
  $ tripartite run --model photo-mae --image sample:cat --json`;

const fitExamples = `
Examples:
  $ tripartite fit --text-file my-texts --neurons 256 --out my-256.safetensors
  $ tripartite fit --image my-photos --kind learned --neurons 64 --shared --out photos-64.safetensors
  $ tripartite fit --image sample:cat --kind matched --neurons 64 --views 4 --out cat.safetensors

Kinds: matched (drawn for the means and spreads of the inputs, no training), learned (each head learns softmax's
attention), fine-tuned (then all heads together the model's output), adapted (then also its own projections).
Texts: .txt and .md, cut into passages at blank lines; .jsonl, the field "text" of each line. Pictures: .png, .jpg,
.jpeg, .webp. A file may be a folder of files. Beside the output stands its checkpoint until the fit is done: after
Ctrl-C or a kill the same command goes on from there, to the same file bit for bit.`;

const reproduceHelp = `
Studies are measured on texts and pictures that no hidden layer was fitted to. Each prints its tables, with 95 %
intervals and a verdict for every row that was measured before: reproduced (its interval comes within the stated
tolerance of the earlier value), better, or differs, and by how much. Each writes NAME.md, NAME.csv and figures (SVG,
PNG). All draws are seeded: the same command gives the same numbers. All studies together take about half an hour on
two cores; what was measured is kept in NAME.json, from which --resume goes on. The verdicts do not change the exit
code: 0 done, 1 failed, 2 bad input.

Examples:
  $ tripartite reproduce --list
  $ tripartite reproduce digits --quick
  $ tripartite reproduce fidelity heads --quick --out studies`;

const threadsOption = new Option(
  '--threads <n>',
  'threads to compute on, 1 to 64 or all; results do not depend on it (default: 1)',
);
const fastOption = new Option(
  '--fast',
  'relaxed SIMD where Node has it: faster, but last bits may differ between processors',
);

/** The command with its subcommands and help; what a subcommand does is loaded when it is called. */
export function buildProgram(): Command {
  const program = new Command('tripartite')
    .description(
      'A transformer beside its neuron–astrocyte twin: same weights, same input, other attention.',
    )
    .version(readVersions().tripartite)
    .addHelpText('after', examples)
    .exitOverride()
    .configureOutput({ writeErr: () => {} });
  program.action(() => program.outputHelp());
  // A mistyped command takes its options with it: what is named is the command, not the options.
  program.allowExcessArguments(true).allowUnknownOption(true);
  program.hook('preAction', (_, command) => refuseArguments(command));
  addCompare(program);
  addRun(program);
  addFit(program);
  addReproduce(program);
  addModels(program);
  addStart(program);
  return program;
}

function addCompare(program: Command): void {
  withInputs(program.command('compare'))
    .description(
      'Run a transformer beside its twin on the same input and measure how far they differ.',
    )
    .option(
      '--hidden <kind|file>',
      'hidden layer φ that stands in for softmax: a kind, or the file of a fitted one (default: a fitted one that the model brings, else matched)',
    )
    .option(
      '--neurons <m>',
      'hidden neurons of each head, 1 to 1000000; of fitted layers the nearest (default: 256)',
    )
    .option(
      '--shared',
      'of fitted layers that the model brings, one with one φ for queries and keys',
    )
    .option(
      '--sampling <s>',
      'how weights are drawn: iid, orthogonal, antithetic, sobol (matched: orthogonal, others: iid)',
    )
    .option(
      '--beside',
      'compare with other hidden layers of as many neurons too: learned, matched, performer',
    )
    .option('--seed <s>', 'first seed of all random draws (default: 1)')
    .option('--seeds <n>', 'number of seeds, giving mean and spread (default: 1)')
    .option('--swap <places>', 'heads to replace: all, none, LAYER or LAYER.HEAD,… (default: all)')
    .option(
      '--calibrate <files...>',
      'own texts or pictures that fit a hidden layer, none of them compared',
    )
    .option('--report <file>', 'write a report, one HTML file')
    .option('--figures <folder>', 'write the figures of the report as SVG and PNG')
    .option(
      '--save <folder>',
      'write H, g, responses and attention of each head (npz), numbers (JSON)',
    )
    .addOption(threadsOption)
    .addOption(fastOption)
    .option('--json', 'print JSON and nothing else on standard output')
    .option('--quiet', 'no notes and no progress on standard error')
    .addHelpText('after', compareExamples)
    .action(async (flags: CompareFlags) => {
      const { runCompare } = await import('./commands/compare.js');
      await runCompare(flags);
    });
}

function addRun(program: Command): void {
  withInputs(program.command('run'))
    .description('Run a transformer alone and print what it says.')
    .option('--seed <s>', 'seed of what is drawn, as the patches that are hidden (default: 1)')
    .addOption(threadsOption)
    .addOption(fastOption)
    .option('--json', 'print JSON and nothing else on standard output')
    .option('--quiet', 'no notes and no progress on standard error')
    .addHelpText('after', runExamples)
    .action(async (flags: RunFlags) => {
      const { runModel } = await import('./commands/run.js');
      await runModel(flags);
    });
}

function addFit(program: Command): void {
  const model = 'a model that ships, or a folder (default: the one that fits the input)';
  program
    .command('fit')
    .description('Fit the hidden neurons of every head to texts or pictures of your own.')
    .option('--model <name>', model)
    .option('--text-file <files...>', 'files of text, folders of them, or - for standard input')
    .option('--image <files...>', 'PNG, JPEG or WebP files, or folders of them')
    .requiredOption('--out <file>', 'the fitted layer, a safetensors file; replaced at the end')
    .option('--kind <kind>', 'matched, learned, fine-tuned or adapted (default: learned)')
    .option('--neurons <m>', 'hidden neurons of each head, 1 to 16384 (default: 256)')
    .option('--shared', 'one φ for queries and keys, as in the paper')
    .option('--seed <s>', 'seed of all random draws (default: 1)')
    .option('--steps <n>', 'most steps of learning (default: 3000)')
    .option('--tune-steps <n>', 'most steps of fine-tuning or adapting after that (default: 600)')
    .option(
      '--views <n>',
      'views of each picture: painters get crops, half of them mirrored (default: 50, fewer of many pictures), others shifts by up to two pixels (default: 1, none)',
    )
    .option(
      '--threads <n>',
      'threads to compute on, 1 to 64 or all; results do not depend on it (default: all)',
    )
    .option('--json', 'print JSON and nothing else on standard output')
    .option('--quiet', 'no notes and no progress on standard error')
    .addHelpText('after', fitExamples)
    .action(async (flags: FitFlags) => {
      const { runFit } = await import('./commands/fit.js');
      await runFit(flags);
    });
}

function addReproduce(program: Command): void {
  program
    .command('reproduce')
    .argument('[names...]', 'studies to run (default: all)')
    .description('Measure again what the documented results say, and tell what came out the same.')
    .option('--list', 'list the studies')
    .option('--quick', 'a small form of each study: few inputs, one draw, seconds')
    .option('--out <folder>', 'where tables and figures go (default: reproduced)')
    .option(
      '--seeds <n>',
      'draws of hidden weights of each setting (default: the study’s own, 3 to 5)',
    )
    .option(
      '--hidden <files...>',
      'fitted layers of your own, measured beside those that the models bring',
    )
    .option('--resume', 'keep what an interrupted run has measured in the same folder')
    .addOption(threadsOption)
    .addOption(fastOption)
    .option('--json', 'print JSON and nothing else on standard output')
    .option('--quiet', 'no notes and no progress on standard error')
    .addHelpText('after', reproduceHelp)
    .action(async (names: readonly string[], flags: ReproduceFlags) => {
      const { runReproduce } = await import('./commands/reproduce.js');
      await runReproduce(names, flags);
    });
}

function addModels(program: Command): void {
  program
    .command('models')
    .description('List the models that ship, their limits, licences and samples.')
    .option('--json', 'print JSON and nothing else on standard output')
    .action(async (flags: ModelsFlags) => {
      const { listModels } = await import('./commands/models.js');
      await listModels(flags);
    });
}

function addStart(program: Command): void {
  program
    .command('start', { hidden: true })
    .description('Compare a sample for each model that ships and write a report.')
    .option('--reports <folder>', 'where the report goes (default: reports)')
    .addOption(threadsOption)
    .addOption(fastOption)
    .action(async (flags: StartFlags) => {
      const { runStart } = await import('./commands/start.js');
      await runStart(flags);
    });
}

function withInputs(command: Command): Command {
  return command
    .option(
      '--model <name>',
      'a model that ships, or a folder (default: the one that fits the input)',
    )
    .addOption(new Option('--text <text>', 'text to read; may be given again').argParser(collect))
    .option('--text-file <files...>', 'files of text, folders of them, or - for standard input')
    .option('--image <files...>', 'PNG, JPEG or WebP files, or folders of them');
}

function collect(value: string, before: readonly string[] = []): readonly string[] {
  return [...before, value];
}

/**
 * The other subcommands take options only; a bare word is most likely input whose option was left out. The program
 * itself takes a command first.
 */
function refuseArguments(command: Command): void {
  const [word] = command.args;
  if (word === undefined || command.registeredArguments.length > 0) return;
  const commands = command.commands.map((each) => each.name()).filter((name) => name !== 'start');
  throw new CommanderError(2, 'tripartite.argument', describeArgument(word, commands));
}

function describeArgument(word: string, commands: readonly string[]): string {
  if (commands.length === 0) {
    return `'${word}' is not expected here; input comes after --text, --text-file or --image`;
  }
  if (!word.startsWith('-')) {
    return `'${word}' is not a command; ${allowedWords(word, commands)}`;
  }
  const near = nearestName(word, ['--version', '--help']);
  return near === undefined
    ? `option '${word}' comes before any command; commands: ${commands.join(', ')}`
    : `unknown option '${word}' (did you mean '${near}'?)`;
}
