"""`arxivqa find --since last` and `arxivqa questions ask`: what is new since the last visit."""

from __future__ import annotations

import qa
from qa.history import whats_new
from qa.history.models import Visit
from qa.history.store import LOCAL, Store
from qa.settings import Settings
from ui.cli.find import print_papers
from ui.cli.output import Printer, clean, note, print_json
from vectorstore.filters import Filters
from vectorstore.text.dates import long_date


def find(settings: Settings, topic: str | None, filters: Filters, limit: int | None, form: str) -> None:
    """Print the papers that are new since the last visit, and keep that this was one."""
    with Store(settings.conversations) as store, qa.open_assistant(settings=settings) as assistant:
        visit = store.last_visit(LOCAL)
        found = whats_new.news(assistant.library, visit)
        note(_said(found, visit))
        within = found.within(filters)
        matching = 0 if within is None else assistant.library.count(within)
        count = print_papers(assistant.find(topic, within, limit), form) if matching else 0
        if topic is None and count < matching:
            # Else who then asks for all of them would find that nothing is new.
            note(f"These are the first {count} of {matching}; --all shows the others. Until then they stay new.")
            return
        if not count and found.filters is not None:
            note("None of them matches.")
        whats_new.visited(assistant.library, store, LOCAL)


def ask_again(settings: Settings, as_json: bool) -> None:
    """Ask the saved questions over what is new, and print the answers."""
    with Store(settings.conversations) as store, qa.open_assistant(settings=settings) as assistant:
        visit, questions = store.last_visit(LOCAL), store.saved_questions(LOCAL)
        found = whats_new.news(assistant.library, visit)
        note(_said(found, visit))
        printer, count = Printer(), 0
        for count, (question, answer) in enumerate(whats_new.ask_again(assistant, questions, found), start=1):
            if as_json:
                print_json({"id": question.id, **answer.to_json()})
                continue
            if count > 1:
                printer.line()
            printer.line((clean(question.question), "bold"))
            printer.line()
            printer.answer(answer)
    if not questions:
        note('No question is kept yet. Keep one: arxivqa questions save "Which papers …?"')
    elif not count:
        note("None of the questions that are kept is answered by these papers.")


def _said(found: whats_new.News, visit: Visit | None) -> str:
    """What is new, in a sentence."""
    if found.newest is None:
        return "No paper in this library has a date, so none can be new."
    newest = f"of the newest listing, {long_date(found.newest)}"
    papers = f"{found.total:,} paper{'' if found.total == 1 else 's'}"
    if visit is None:
        return f"This is your first visit, so what is new are the {papers} {newest}."
    last = f"your last visit ({visit.when:%Y-%m-%d %H:%M} UTC)"
    if found.newer:
        return f"{papers} since {last}."
    return f"Nothing is newer than {last}, so these are of the {papers} {newest}."
