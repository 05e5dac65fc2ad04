"""`arxivqa questions`: those that are kept to be asked again when papers come."""

from __future__ import annotations

from typing import Any

import click

from ui.cli.options import filter_options, filters, json_option, library_options, llm_options, settings
from ui.cli.output import Printer, clean, note, print_json


@click.group()
def questions() -> None:
    """Keep questions, and ask them again over the papers that are new since your last visit.

    A visit is a look at what is new: arxivqa find --since last, or the page's list of new papers.

    \b
    Examples:
      arxivqa questions save "Which papers on event cameras are there?" --category cs.CV
      arxivqa questions ask
    """


@questions.command()
@click.argument("question", nargs=-1, required=True)
@filter_options
@library_options
@click.pass_context
def save(context: click.Context, /, question: tuple[str, ...], **common: Any) -> None:
    """Keep QUESTION, with the filters given; prints the id by which it can be forgotten."""
    from qa.history.store import LOCAL, Store

    narrowed = filters(common)
    with Store(settings(context, **common).conversations) as store:
        click.echo(store.save_question(LOCAL, " ".join(question), narrowed))


@questions.command("list")
@json_option
@library_options
@click.pass_context
def list_(context: click.Context, /, as_json: bool, **common: Any) -> None:
    """List the questions that are kept, the oldest first."""
    from qa.history.store import LOCAL, Store
    from qa.query import describe

    with Store(settings(context, **common).conversations) as store:
        kept = store.saved_questions(LOCAL)
    printer = Printer()
    for each in kept:
        if as_json:
            row = {"id": each.id, "question": each.question, "filters": each.filters.to_json()}
            print_json({**row, "saved": each.saved.isoformat()})
            continue
        only = f"  only papers {clean(describe.filters(each.filters))}" if each.filters else ""
        printer.line((f"{each.id}  ", "cyan"), (clean(each.question), "bold"), (only, "dim"))
    if not kept:
        note('No question is kept yet. Keep one: arxivqa questions save "Which papers …?"')


@questions.command()
@click.argument("ids", metavar="ID...", nargs=-1, required=True)
@library_options
@click.pass_context
def forget(context: click.Context, /, ids: tuple[str, ...], **common: Any) -> None:
    """Forget questions, by the ids that `arxivqa questions list` prints."""
    from qa.history.store import LOCAL, Store

    with Store(settings(context, **common).conversations) as store:
        for id in ids:
            store.forget_question(LOCAL, id)


@questions.command()
@llm_options
@json_option
@library_options
@click.pass_context
def ask(context: click.Context, /, as_json: bool, **common: Any) -> None:
    """Ask every question that is kept over the papers that are new, and print what these answer.

    This is no visit: the papers stay new until arxivqa find --since last has listed them.
    """
    import qa
    from qa.history import whats_new
    from qa.history.store import LOCAL, Store
    from qa.history.whats_new import new_papers
    from ui.cli.find import describe_news

    chosen = settings(context, **common)
    with Store(chosen.conversations) as store, qa.open_assistant(settings=chosen) as assistant:
        visit, kept = store.last_visit(LOCAL), store.saved_questions(LOCAL)
        found = new_papers(assistant.library, visit)
        note(describe_news(found, visit))
        printer, count = Printer(), 0
        for count, (question, answer) in enumerate(whats_new.ask_again(assistant, kept, found), start=1):
            if as_json:
                print_json({"id": question.id, **answer.to_json()})
                continue
            if count > 1:
                printer.line()
            printer.line((clean(question.question), "bold"))
            printer.line()
            printer.answer(answer)
    if not kept:
        note('No question is kept yet. Keep one: arxivqa questions save "Which papers …?"')
    elif not count:
        note("None of the questions that are kept is answered by these papers.")
