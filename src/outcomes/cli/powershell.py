"""Completion in PowerShell, which click has none for: the script that asks, and the answers to it.

PowerShell gives its completer the words of the line as it parsed them. They are handed on one a line, so that a
backslash in a path and a space in a name stay what they are.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, ClassVar

from click.shell_completion import ShellComplete, add_completion_class

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

# A tooltip may not be empty, and names of files are completed by PowerShell itself, which knows how to quote them.
SOURCE = """\
Register-ArgumentCompleter -Native -CommandName '%(prog_name)s', '%(prog_name)s.exe' -ScriptBlock {
    param($word, $line, $cursor)
    $quotes = [char[]]@(34, 39)
    $program = $line.CommandElements[0].Extent.Text.Trim($quotes)
    $before = $line.CommandElements | Where-Object { $_.Extent.EndOffset -lt $cursor }
    $Env:COMP_WORDS = ($before | ForEach-Object { $_.Extent.Text.Trim($quotes) }) -join "`n"
    $Env:COMP_CWORD = "$word".Trim($quotes)
    $Env:%(complete_var)s = 'powershell_complete'
    try {
        & $program | ForEach-Object {
            $kind, $value, $help = $_ -split "`t", 3
            if ($kind -eq 'plain') {
                [System.Management.Automation.CompletionResult]::new($value, $value, 'ParameterValue', $help)
            } else {
                [System.Management.Automation.CompletionCompleters]::CompleteFilename($word)
            }
        }
    } finally {
        Remove-Item Env:COMP_WORDS, Env:COMP_CWORD, Env:%(complete_var)s -ErrorAction SilentlyContinue
    }
}
"""


class PowerShellComplete(ShellComplete):
    """Completion for Windows PowerShell and PowerShell."""

    name: ClassVar[str] = "powershell"
    source_template: ClassVar[str] = SOURCE

    def get_completion_args(self) -> tuple[list[str], str]:
        """Read the words before the cursor and the one that is being typed; PowerShell has no empty variable."""
        words = os.environ.get("COMP_WORDS", "").split("\n")
        return words[1:], os.environ.get("COMP_CWORD", "")

    def format_completion(self, item: CompletionItem[str]) -> str:
        """Give kind, value and help, with nothing between them that stands inside them."""
        words = " ".join((item.help or item.value).split())
        return f"{item.type}\t{item.value}\t{words}"


add_completion_class(PowerShellComplete)
