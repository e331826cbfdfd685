import { Argument, Command } from 'commander'

const SHELLS = ['bash', 'zsh', 'fish'] as const
type Shell = (typeof SHELLS)[number]

/** A command, with the words that can follow it. */
interface Node {
  /** The words of the command, without `handset`. */
  path: string
  choices: { word: string; description: string }[]
  /** The values of options that accept one of a few. */
  values: { option: string; words: readonly string[] }[]
}

const INSTALL = `
Examples:
  handset completion bash > ~/.local/share/bash-completion/completions/handset
  handset completion zsh > "\${fpath[1]}/_handset"
  handset completion fish > ~/.config/fish/completions/handset.fish`

/** `handset completion SHELL` */
export function completionCommand(): Command {
  return new Command('completion')
    .description('Print a script that makes a shell complete commands and options.')
    .addArgument(new Argument('<shell>', 'which shell').choices(SHELLS))
    .addHelpText('after', INSTALL)
    .action((shell: Shell, _options: object, command: Command) => {
      const program = command.parent as Command
      process.stdout.write(SCRIPTS[shell](nodesOf(program, '', globalChoices(program))))
    })
}

function globalChoices(program: Command): Node['choices'] {
  return [...optionChoices(program), { word: '--help', description: 'display help for command' }]
}

function nodesOf(command: Command, path: string, inherited: Node['choices']): Node[] {
  const own = command.parent === null ? [] : optionChoices(command)
  const commands = command.commands.map((child) => ({ word: child.name(), description: child.description() }))
  const arguments_ = command.registeredArguments.flatMap((argument) =>
    (argument.argChoices ?? []).map((word) => ({ word, description: argument.description })),
  )
  return [
    { path, choices: [...commands, ...arguments_, ...own, ...inherited], values: optionValues(command) },
    ...command.commands.flatMap((child) => nodesOf(child, `${path} ${child.name()}`.trim(), inherited)),
  ]
}

function optionChoices(command: Command): Node['choices'] {
  return command.options.map((option) => ({ word: option.long ?? option.flags, description: option.description }))
}

function optionValues({ options }: Command): Node['values'] {
  return options.flatMap(({ long, argChoices }) => (long && argChoices ? [{ option: long, words: argChoices }] : []))
}

const SCRIPTS: Record<Shell, (nodes: readonly Node[]) => string> = {
  bash: (nodes) => `# bash completion for handset
_handset() {
  local word path="" current="\${COMP_WORDS[COMP_CWORD]}"
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    [[ $word == -* ]] && break
    path="\${path:+$path }$word"
  done
  case "$path \${COMP_WORDS[COMP_CWORD-1]}" in
${valuePatterns(nodes, (words) => `COMPREPLY=($(compgen -W "${words.join(' ')}" -- "$current")); return`)}
  esac
  case "$path" in
${nodes.map(({ path, choices }) => `    ${bashPattern(path)}) COMPREPLY=($(compgen -W "${choices.map(({ word }) => word).join(' ')}" -- "$current")) ;;`).join('\n')}
  esac
}
complete -o default -F _handset handset
`,
  zsh: (nodes) => `#compdef handset
_handset() {
  local word walked=""
  for word in "\${(@)words[2,CURRENT-1]}"; do
    [[ $word == -* ]] && break
    walked="\${walked:+$walked }$word"
  done
  local -a choices
  case "$walked \${words[CURRENT-1]}" in
${valuePatterns(nodes, (words) => `compadd -- ${words.join(' ')}; return`)}
  esac
  case "$walked" in
${nodes.map(({ path, choices }) => `    ${bashPattern(path)}) choices=(${choices.map(({ word, description }) => quoted(`${word}:${description}`)).join(' ')}) ;;`).join('\n')}
  esac
  _describe 'handset' choices || _files
}
compdef _handset handset
[[ \${funcstack[1]} == _handset ]] && _handset "$@"
`,
  fish: (nodes) =>
    `# fish completion for handset
function __handset_at
  set -l words
  for word in (commandline -opc)[2..]
    string match -q -- '-*' $word; and break
    set -a words $word
  end
  test "$words" = "$argv[1]"
end
${nodes.flatMap(({ path, values }) => values.map(({ option, words }) => `complete -c handset -n "__handset_at '${path}'" -l ${option.slice(2)} -x -a ${quoted(words.join(' '))}`)).join('\n')}
${nodes.flatMap(({ path, choices }) => choices.map(({ word, description }) => `complete -c handset -n "__handset_at '${path}'" ${word.startsWith('--') ? `-l ${word.slice(2)}` : `-f -a ${word}`} -d ${quoted(description)}`)).join('\n')}
`,
}

/** The `case` branches that complete the values of options. Arguments may come before the option. */
function valuePatterns(nodes: readonly Node[], offer: (words: readonly string[]) => string): string {
  return nodes
    .flatMap(({ path, values }) => values.map(({ option, words }) => `    "${path}"*" ${option}") ${offer(words)} ;;`))
    .join('\n')
}

/** The words so far as a pattern of `case`. */
function bashPattern(path: string): string {
  return path === '' ? '""' : `"${path}"`
}

/** A word in single quotes, in a form that all three shells read. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", `'"'"'`)}'`
}
