import { Argument } from "commander";
import type { Define } from "../command.ts";
import { scripts, shells } from "../completion/scripts.ts";

export const define: Define = (command, { does }) => {
  command
    .addArgument(new Argument("<shell>", "which shell").choices([...shells]))
    .addHelpText(
      "after",
      `
Examples:
  $ eval "$(masq completion bash)"          in ~/.bashrc
  $ eval "$(masq completion zsh)"           in ~/.zshrc, after compinit
  $ masq completion fish | source           in ~/.config/fish/config.fish

Commands, options, formats, the arrays of the file on the line (--select), and what --for understands are completed.`,
    )
    .action((shell: keyof typeof scripts) => {
      does(Promise.resolve({ out: scripts[shell] }));
    });
};
