"""The command about the shell: completion."""

from __future__ import annotations

import click
from click.shell_completion import get_completion_class

from outcomes.cli import powershell
from outcomes.cli.terminal import say

# How each shell asks for the script that completes, and the file that it reads when it starts.
LINES = {
    "bash": ('eval "$(_OUTCOMES_COMPLETE=bash_source outcomes)"', "~/.bashrc"),
    "zsh": ('eval "$(_OUTCOMES_COMPLETE=zsh_source outcomes)"', "~/.zshrc"),
    "fish": ("_OUTCOMES_COMPLETE=fish_source outcomes | source", "~/.config/fish/config.fish"),
    powershell.PowerShellComplete.name: (
        (
            "$Env:_OUTCOMES_COMPLETE = 'powershell_source'; outcomes | Out-String | Invoke-Expression; "
            "Remove-Item Env:_OUTCOMES_COMPLETE"
        ),
        "the file that $PROFILE names, made by: if (!(Test-Path $PROFILE)) { New-Item -Force $PROFILE }",
    ),
}


@click.command(short_help="Let the shell complete commands and options.")
@click.argument("shell", type=click.Choice([name for name in LINES if get_completion_class(name)]))
def completion(shell: str) -> None:
    """Print the line that lets a shell complete commands, options and names of files.

    The script for PowerShell is this project's own. It follows what PowerShell documents, and its answers are tested,
    but it was written where no PowerShell could be run: please report what does not complete.

    Example: outcomes completion bash >> ~/.bashrc

    In PowerShell: outcomes completion powershell | Add-Content $PROFILE
    """
    line, file = LINES[shell]
    say(line)
    say(f"Add this line to {file}. Then open a new shell.", err=True)
