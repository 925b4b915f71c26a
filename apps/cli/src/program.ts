import { nearestName } from '@tripartite/sdk';
import { Command, CommanderError, Option } from 'commander';
import type { CompareFlags } from './commands/compare.js';
import type { ModelsFlags } from './commands/models.js';
import type { RunFlags } from './commands/run.js';
import type { StartFlags } from './commands/start.js';
import { allowedWords } from './suggestion.js';
import { readVersions } from './versions.js';

const examples = `
Examples:
  $ tripartite compare --text "Astrocytes listen to synapses and answer with calcium."
  $ tripartite compare --image sample:cat --report cat.html
  $ tripartite compare --image sample:cat sample:boats --seeds 3 --json
  $ tripartite models`;

const compareExamples = `
Examples:
  $ tripartite compare --text "Astrocytes listen to synapses and answer with calcium."
  $ echo "Any text you like." | tripartite compare --hidden performer --neurons 1024
  $ tripartite compare --image sample:cat --report cat.html
  $ tripartite compare --image sample:cat sample:boats --seeds 3 --json
  $ tripartite compare --text "Only the first layer." --swap 0

Hidden layers, drawn: performer, cosine, positive-cosine, truncated-performer, clipped-sine, linear, elu, relu,
hedgehog, matched. Fitted, where the model brings one (see tripartite models): learned, fine-tuned, adapted.
A file may be a folder of files (.txt, .md; .png, .jpg, .jpeg, .webp), or sample:NAME (see tripartite models).`;

const runExamples = `
Examples:
  $ tripartite run --text "Astrocytes listen to synapses."
  $ tripartite run --model photo-mae --image sample:cat --json`;

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
 * The subcommands take options only; a bare word is most likely input whose option was left out. The program
 * itself takes a command first.
 */
function refuseArguments(command: Command): void {
  const [word] = command.args;
  if (word === undefined) return;
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
