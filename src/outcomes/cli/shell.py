"""The command about the shell: completion."""

from __future__ import annotations

import click
from click.shell_completion import get_completion_class

from outcomes.cli.terminal import say

# How each shell asks for the script that click makes, and the file that it reads when it starts.
LINES = {
    "bash": ('eval "$(_OUTCOMES_COMPLETE=bash_source outcomes)"', "~/.bashrc"),
    "zsh": ('eval "$(_OUTCOMES_COMPLETE=zsh_source outcomes)"', "~/.zshrc"),
    "fish": ("_OUTCOMES_COMPLETE=fish_source outcomes | source", "~/.config/fish/config.fish"),
}


@click.command()
@click.argument("shell", type=click.Choice([name for name in LINES if get_completion_class(name)]))
def completion(shell: str) -> None:
    """Print the line that lets a shell complete commands, options and names of files.

    PowerShell is not among the shells: what this is built on has no completion for it.

    Example: outcomes completion bash >> ~/.bashrc
    """
    line, file = LINES[shell]
    say(line)
    say(f"Add this line to {file}, and open a new shell.", err=True)
