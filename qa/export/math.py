"""Formulas in titles and abstracts: where they stand, and which of them another program may be given as they are."""

from __future__ import annotations

import re
from collections.abc import Iterator

_FORMULA = re.compile(r"(?<!\\)\$(?![\s$])([^$\n]{1,300}?)(?<![\s\\])\$(?!\d)")
# Commands that cannot reach outside of a formula: none of them reads a file, defines anything or makes a link.
_COMMANDS = frozenset(
    "alpha beta gamma delta epsilon varepsilon zeta eta theta vartheta iota kappa lambda mu nu xi pi rho sigma tau "
    "upsilon phi varphi chi psi omega Gamma Delta Theta Lambda Xi Pi Sigma Upsilon Phi Psi Omega ell infty nabla "
    "partial times cdot pm mp leq geq le ge neq approx sim simeq equiv propto in subset to rightarrow leftarrow "
    "rightarrow mapsto sum prod int sqrt frac log exp min max hat bar tilde vec dot mathbf mathcal mathrm mathbb "
    "mathit mathsf textbf textit text textrm boldsymbol left right circ prime dagger star ast ldots cdots dots "
    "mathop operatorname quad top perp otimes oplus mid".split()
)


def split_formulas(text: str) -> Iterator[tuple[str, bool]]:
    r"""Yield the text in parts, and of each whether it is a formula, dollars and all, that does no harm.

    >>> list(split_formulas(r"at $\alpha$ of $\input{x}$"))
    [('at ', False), ('$\\alpha$', True), (' of $\\input{x}$', False)]
    """
    end = 0
    for match in _FORMULA.finditer(text):
        if _harmless(match[1]):
            if match.start() > end:
                yield text[end : match.start()], False
            yield match[0], True
            end = match.end()
    if end < len(text):
        yield text[end:], False


def _harmless(formula: str) -> bool:
    commands = re.findall(r"\\([a-zA-Z]+|.?)", formula)
    known = all(c in _COMMANDS or c in tuple(",;:! {}|") for c in commands)
    # Balanced for TeX, which passes over an escaped brace, and for BibTeX, which counts it.
    balanced = all(_balanced(re.findall(pattern, formula)) for pattern in (r"(?<!\\)[{}]", r"[{}]"))
    return known and balanced and not re.search(r"[%#&~]", formula)


def _balanced(braces: list[str]) -> bool:
    depth = 0
    for brace in braces:
        depth += 1 if brace == "{" else -1
        if depth < 0:
            return False
    return depth == 0
