"""LaTeX as words to search for."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vectorstore.text.latex import plain_text


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (r"$\alpha$-matting", "alpha-matting"),
        (r"\textbf{X} and {\em word}, \emph{Stripe-Wise Pruning}", "X and word, Stripe-Wise Pruning"),
        (r"$96.3\%$ of 17$\%$", "96.3% of 17%"),
        (r"$\ell_1$ and $L^2$, $\mathcal{L}_{adv}$", "l1 and L2, L adv"),
        (r"$\mathbb{R}^{C\times K\times K}$, $k \times k$, 3$\times$ fewer", "RCxKxK, kxk, 3x fewer"),
        (
            r"Nystr{\"{o}}m, G\"odel, S\o ren, \v{S}koda, Erd\H{o}s, fa\c{c}ade",
            "Nyström, Gödel, Søren, Škoda, Erdős, façade",
        ),
        (r"$\alpha\beta$, $2\alpha$, $\lambda_1$", "alpha beta, 2 alpha, lambda1"),
        (r"AP$_{50}$ and mIoU$_{novel}$", "AP50 and mIoU novel"),
        (r"$10^{-3}$, $\sim$7.2%, $\frac{1}{2}$", "10^-3, ~7.2%, 1/2"),
        (r"R\&D, my\_model, \{a\}, \$5", "R&D, my_model, {a}, $5"),
        (r"code at \url{https://example.org/a_b}", "code at https://example.org/a_b"),
        (r"\href{https://example.org}{here} \cite{foo,bar}.", "here (https://example.org)."),
        (r"\underline{M}asked by \ourmethod{}", "Masked by ourmethod"),
        (r"caf\unicode{xE9}", "café"),
        (r"broken \textbf{ and $ and \ end{", "broken and and end"),
    ],
)
def test_latex_becomes_words(text: str, expected: str) -> None:
    assert plain_text(text) == expected


@pytest.mark.parametrize(
    "text",
    ["", "plain words, 50% better than a_b^c ~5 & <k>", "  spaces  stay ", "多尺度 naïve", "https://x.org/~user"],
)
def test_text_without_latex_comes_back_as_it_is(text: str) -> None:
    assert plain_text(text) == text


@given(st.text(st.one_of(st.characters(codec="utf-8"), st.sampled_from(list(r"\${}_^~%&[]()'\" avHckb0")))))
def test_nothing_raises_and_no_markup_is_made_up(text: str) -> None:
    words = plain_text(text)
    words.encode("utf-8")
    assert len(words) <= 2 * len(text)
    assert plain_text(words) is not None


@pytest.mark.parametrize("piece", ["\\(", "$", "$$", "{", "\\", "\\begin{", "\\cite[", "\\frac{", "\\times ", " ", "~"])
def test_a_long_hostile_text_is_read_to_its_end(piece: str) -> None:
    assert plain_text(piece * 20_000 + "\\textbf{end}").endswith("end")
