"""Which lines belong together: `‸` is the cursor, `«»` what is found."""

import pytest

from llm_ls.features import blocks
from tests.rigs.marked import marked

PYTHON = """\
import os

«@cache
# Adds.
def total(
    xs,
):
    if xs:
        ‸return sum(xs)

    return 0
»
class Shop:
    pass
"""
NESTED = """\
class Shop:
    x = 1

«    def a(self):
        return [
            ‸1,
        ]
»
    def b(self):
        pass
"""
TYPESCRIPT = """\
«/**
 * Adds.
 */
export async function total(xs: number[]) {
  if (xs) {
    ‸return 1;
  }
}
»
const x = 1;
"""
C = """\
#include <stdio.h>

«static int total(int *xs)
{
  ‸return 1;
}
»int x;
"""
GO = "package a\n\n«func (s *Shop) Total(xs []int) int {\n\t‸return 1\n}\n»\nfunc b() {}\n"
RUBY = "class Shop\n«  def total(xs)\n    xs.‸sum\n  end\n»end\n"
METHOD = "class Shop {\n«  total(xs) {\n    return ‸1;\n  }\n»\n  b() {}\n}\n"
ARROW = "«const total = async (xs) => {\n  return ‸1;\n};\n»const x = 1;\n"
RUST = "«#[inline]\npub(crate) fn total(xs: &[i32]) -> i32 {\n    ‸1\n}\n»\nfn b() {}\n"
ON_DECORATOR = "«@cac‸he\ndef f():\n    return 1\n»x = 1\n"
ONE_LINE = "«def f(): retu‸rn 1\n»x = 1\n"


@pytest.mark.parametrize("text", [PYTHON, NESTED, TYPESCRIPT, C, GO, RUBY, METHOD, ARROW, RUST, ON_DECORATOR, ONE_LINE])
def test_the_definition_around_the_cursor(text: str) -> None:
    _, wanted = marked(text.replace("‸", ""))
    document, cursor = marked(text.replace("«", "").replace("»", ""))

    assert blocks.enclosing(document, cursor.start.line, 150) == (wanted.start.line, wanted.end.line - 1)


@pytest.mark.parametrize("text", ["x = ‸1\n", "def f():\n    pass\n\nx = ‸1\n", "‸", "if x:\n    y‸\n"])
def test_no_definition(text: str) -> None:
    document, cursor = marked(text)

    assert blocks.enclosing(document, cursor.start.line, 150) is None


def test_a_definition_that_is_too_long_is_none() -> None:
    document, cursor = marked("def f():\n‸" + "    x = 1\n" * 200)

    assert blocks.enclosing(document, cursor.start.line, 150) is None


@pytest.mark.parametrize("text", ["    pass\n", "    ...\n", "// TODO: this", "raise NotImplementedError", "fn f() {}"])
def test_stubs(text: str) -> None:
    assert blocks.is_stub(text)


def test_finished_code_is_no_stub() -> None:
    assert not blocks.is_stub("def f():\n    return bypass(...)\n")
