/** Shells whose scripts there are. Each asks `masq complete POSITION WORDS…`, which prints a line for each candidate: the word, a tab, what it is. */
export const shells = ["bash", "zsh", "fish"] as const;

export const scripts: { readonly [S in (typeof shells)[number]]: string } = {
  bash: `# masq: completions for bash. In ~/.bashrc:  eval "$(masq completion bash)"
_masq() {
  local line
  COMPREPLY=()
  while IFS=$'\\t' read -r line _; do
    [[ -n $line ]] && COMPREPLY+=("$line")
  done < <(masq complete "$COMP_CWORD" "\${COMP_WORDS[@]}" 2>/dev/null)
  if [[ \${#COMPREPLY[@]} -eq 1 && \${COMPREPLY[0]} == *= ]]; then compopt -o nospace; fi
}
complete -o default -F _masq masq
`,
  zsh: `#compdef masq
# masq: completions for zsh. In ~/.zshrc, after compinit:  eval "$(masq completion zsh)"
_masq() {
  local -a lines found
  local line
  lines=("\${(@f)$(masq complete $((CURRENT - 1)) "\${words[@]}" 2>/dev/null)}")
  for line in "\${lines[@]}"; do
    [[ -n $line ]] && found+=("\${\${line%%$'\\t'*}//:/\\\\:}:\${line#*$'\\t'}")
  done
  if (( \${#found} )); then _describe -V masq found; else _files; fi
}
(( $+functions[compdef] )) && compdef _masq masq
`,
  fish: `# masq: completions for fish. In ~/.config/fish/config.fish:  masq completion fish | source
function __masq_complete
    set -l words (commandline -opc) (commandline -ct)
    masq complete (math (count $words) - 1) $words 2>/dev/null
end
complete -c masq -a '(__masq_complete)'
`,
};
