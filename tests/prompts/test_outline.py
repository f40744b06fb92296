"""Which lines of a file define something."""

import time

import pytest

from llm_ls.prompts import outline

TEXTS = {
    "a.py": """\
: import os
:
: @attrs.frozen
| class Basket:
:     items: int = 0
:
|     async def total(self) -> int:
|         def inner(): ...
: # def not_this():
""",
    "a.ts": """\
: import x from 'y';
| export default class A<T> extends B {
|   constructor(private a: string) {
:     if (a) {
:     }
:   }
|   async get(id: string): Promise<T> {
:     return f(() => {
:     });
:   }
: }
| export const add = (a: number) => a;
| type Id = string;
""",
    "a.rs": """\
| pub(crate) struct Glob { re: String }
| impl<T> Display for Glob {
|     fn fmt(&self) {
:         match self {
:         }
:     }
: }
| macro_rules! no { }
""",
    "a.go": """\
: package main
:
| func (s *Server) Serve() error {
:     for {
:     }
: }
:
| type Server struct {
: }
""",
    "a.c": """\
: #define X 1
: static int
| add(int a, int b)
: {
:     while (a) {
:     }
: }
| int sub(int a) {
: }
: int later(void);
""",
    "A.java": """\
| public class A {
|   private static List<String> get(int a) throws X {
:     synchronized (this) {
:       foo();
:     }
:     return new B() {
:     };
:   }
: }
""",
    "a.lua": """\
: local M = {}
| function M.new(a)
: end
| local function b()
| M.c = function(x)
""",
    "a.sql": """\
| create table if not exists turns (
:   id text
: );
: select 1;
""",
    "a.tf": """\
| resource "aws_s3_bucket" "logs" {
: }
""",
    "a.md": """\
| # One
: text
: ```py
: # no
: def no():
: ```
| ## Two
""",
    "a.rb": """\
| module A
|   class B < C
|     def each?
:     end
""",
}
"""Lines with a bar are definitions."""


@pytest.mark.parametrize("name", TEXTS)
def test_definitions_are_found(name: str) -> None:
    marked = TEXTS[name].splitlines()
    lines = [line[2:] for line in marked]

    assert [symbol.line for symbol in outline.symbols(lines, name)] == [
        number for number, line in enumerate(marked, 1) if line.startswith("|")
    ]


def test_symbols_have_names_and_are_shown_as_they_begin() -> None:
    text = "class Basket:\nimpl Display for Glob {\nfunc (s *Server) Serve() {\n  function M.new()\n".splitlines()
    found = list(outline.symbols(text, "a"))

    assert [symbol.name for symbol in found] == ["Basket", "Display for Glob", "Serve", "M.new"]
    assert outline.rendered(found).split("\n")[1:3] == ["2: impl Display for Glob", "3: func (s *Server) Serve()"]


HOSTILE = ["a " * 200, "a." * 200, "(" * 400, "a(" * 200, "export " * 60, "x = (" + "a, " * 130, "@a " * 130]


@pytest.mark.parametrize("line", HOSTILE)
def test_no_line_takes_long(line: str) -> None:
    started = time.process_time()
    list(outline.symbols([line] * 50, "a.ts"))

    assert time.process_time() - started < 0.5
