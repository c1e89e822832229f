"""The command `tsunagite`."""

import typer

app = typer.Typer(no_args_is_help=True, add_completion=False)


@app.callback()
def callback() -> None:
    """つなぎ手: 参加支援の つなぎ先を さがし、見守ります。"""


def main() -> None:
    """Run the command line."""
    app()
