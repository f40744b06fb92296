"""`llm-ls config EDITOR`: a configuration to paste, of our plugin where there is one, else of the editor itself.

What each editor needs and does was observed with its version of November 2026.
"""

import json
import re
import shutil
from collections.abc import Sequence
from importlib import metadata
from pathlib import Path

import click

_HELIX_SERVERS = {
    "bash": ("bash-language-server",),
    "c": ("clangd",),
    "cpp": ("clangd",),
    "go": ("gopls", "golangci-lint-lsp"),
    "javascript": ("typescript-language-server",),
    "lua": ("lua-language-server",),
    "markdown": ("marksman", "markdown-oxide"),
    "python": ("ty", "ruff", "jedi", "pylsp"),
    "rust": ("rust-analyzer",),
    "typescript": ("typescript-language-server",),
}
"""What Helix starts by itself: a list of the user's own replaces it."""


@click.command()
@click.argument(
    "editor",
    metavar="EDITOR",
    type=click.Choice(("neovim", "vscode", "helix", "emacs", "vim", "zed", "sublime", "kate")),
)
@click.option(
    "--languages",
    default="python,rust,typescript",
    show_default=True,
    metavar="NAMES",
    help="The languages, with commas between, for an editor that wants them named.",
)
def command(editor: str, languages: str) -> None:
    """Print the configuration for EDITOR, ready to paste; its comments say where."""
    names = [name for name in (name.strip() for name in languages.split(",")) if name]
    if not names:
        raise click.BadParameter("name at least one", param_hint="--languages")
    click.echo(snippet(editor, names).strip("\n"))
    if editor == "kate":
        click.echo(_KATE.strip("\n"), err=True)  # its settings are JSON, which has no comments
    if shutil.which("llm-ls") is None:
        click.echo("note: llm-ls is not on your PATH; write its whole path where it says llm-ls", err=True)


def snippet(editor: str, languages: Sequence[str]) -> str:
    """The configuration of `editor`, for `languages` where they must be named."""
    match editor:
        case "neovim":
            return neovim(plugin())
        case "vscode":
            return _VSCODE.replace("LANGUAGES", json.dumps(languages))
        case "helix":
            with_chats = (*languages, *({_CHATS} - set(languages)))
            return _HELIX + "".join(map(_helix_language, with_chats))
        case "emacs":
            return _EMACS
        case "vim":
            return _VIM
        case "zed":
            return _ZED.replace("LANGUAGES", json.dumps([_written(language) for language in languages]))
        case "sublime":
            return _SUBLIME
        case _:
            return _kate(languages)


def plugin() -> Path | None:
    """The folder of our Neovim plugin: in the clone that this runs from, else where it was installed with this."""
    clone = Path(__file__).parents[2] / "editors" / "neovim"
    if (clone / _PLUGIN_FILE).is_file():
        return clone
    try:
        installed = metadata.files("llm-ls") or ()
    except metadata.PackageNotFoundError:
        return None
    found = (Path(str(file.locate())) for file in installed if file.match(f"llm-ls/neovim/{_PLUGIN_FILE}"))
    return next((file.resolve().parents[1] for file in found), None)


def neovim(folder: Path | None) -> str:
    """The configuration for Neovim, by our plugin in `folder`; `None` is without it."""
    if folder is None:
        return f"{_INTO_INIT} `gra` lists the code actions.\n{_PLAIN}"
    prepended = f"vim.opt.runtimepath:prepend({json.dumps(str(folder), ensure_ascii=False)})"
    ours = f"{_INTO_INIT} This is the plugin that comes with llm-ls; `:Llm` is its command."
    return f"{ours}\n{prepended}\n\n--[[ Or without the plugin, where `gra` lists the code actions:\n{_PLAIN}]]\n"


def _helix_language(language: str) -> str:
    features = '["code-action", "workspace-command", "completion"]'
    servers = [
        *map(json.dumps, _HELIX_SERVERS.get(language, ())),
        f'{{ name = "llm-ls", only-features = {features} }}',
    ]
    return f"\n[[language]]\nname = {json.dumps(language)}\nlanguage-servers = [{', '.join(servers)}]\n"


def _kate(languages: Sequence[str]) -> str:
    servers = {
        language: {
            "command": ["llm-ls"],
            "rootIndicationFileNames": [".git"],
            "highlightingModeRegex": f"^{re.escape(_written(language))}$",
            "initializationOptions": {"codeActions": {"review": "proposal"}},
        }
        for language in languages
    }
    return json.dumps({"servers": servers}, indent=2)


def _written(language: str) -> str:
    """A language as Zed and Kate write its name."""
    return _WRITTEN.get(language, language.capitalize())


_WRITTEN = {"cpp": "C++", "javascript": "JavaScript", "typescript": "TypeScript"}

_CHATS = "markdown"
"""What Helix takes chat documents for."""

_PLUGIN_FILE = "plugin/llm-ls.lua"

_INTO_INIT = "-- Neovim 0.11 or later: into init.lua."

_PLAIN = """\
vim.lsp.config('llm_ls', {
  cmd = { 'llm-ls' },
  root_markers = { '.git' },
  settings = { ['llm-ls'] = vim.empty_dict() },  -- such as { model = 'anthropic/claude-sonnet-5-5' }
})
vim.lsp.enable('llm_ls')

-- Neovim 0.12 has ghost text; <Tab> takes it.
if vim.fn.has('nvim-0.12') == 1 then
  vim.lsp.inline_completion.enable()
  vim.keymap.set('i', '<Tab>', function()
    return vim.lsp.inline_completion.get() and '' or '<Tab>'
  end, { expr = true })
end

-- Neovim shows no progress by itself; 0.12 has messages for it.
if vim.fn.has('nvim-0.12') == 1 then
  vim.api.nvim_create_autocmd('LspProgress', {
    callback = function(event)
      local value = event.data.params.value
      vim.api.nvim_echo({ { value.message or 'done' } }, false, {
        id = 'lsp.' .. event.data.params.token,
        kind = 'progress',
        source = 'vim.lsp',
        title = value.title,
        status = value.kind ~= 'end' and 'running' or 'success',
        percent = value.percentage,
      })
    end,
  })
end
"""

_VSCODE = """
// VS Code starts a language server only through an extension. Ours, for 1.104 or later, is built in a clone of
// llm-ls with Node.js 22 or later:
//     cd editors/vscode && npm ci --ignore-scripts && npm run package && code --install-extension llm-ls.vsix
// It finds llm-ls on the PATH and needs no settings.
//
// Any generic LSP client will do too, with code actions alone, such as
// "Generic LSP Client (v2)" (zsol.vscode-glspc), which runs one server:
//     code --install-extension zsol.vscode-glspc
// Then into settings.json:
{
  "glspc.server.command": "llm-ls",
  "glspc.server.commandArguments": ["--stdio"],
  "glspc.server.languageId": LANGUAGES,
  "glspc.server.initializationOptions": {}
}
"""

_HELIX = """
# Into languages.toml of Helix's configuration folder. Helix has no name for every language:
# repeat the last table for each of yours, with the servers it has already (`hx --health LANGUAGE` lists them).
# `space a` lists the code actions for what is selected.
# `:lsp-workspace-command llm-ls.edit {"instruction": "make it async"}` edits as you say, in the file
# opened, changed or asked about last: Helix does not tell which one is on the screen.
# `:lsp-workspace-command llm-ls.cancel` stops what runs.
# A chat is a Markdown file, which `space a` offers to begin and to send; `@` in it completes files.
# In config.toml, `display-progress-messages = true` under [editor.lsp] shows the progress in words,
# and these are keys for it: `space l c` begins a chat, `space l s` sends it, `space l h` opens an
# earlier one, `space l x` stops what runs:
# [keys.normal.space.l]
# c = ":lsp-workspace-command llm-ls.chat"
# s = ":lsp-workspace-command llm-ls.chat.send"
# h = ':lsp-workspace-command llm-ls.chat {"conversation": "?"}'
# x = ":lsp-workspace-command llm-ls.cancel"
[language-server.llm-ls]
command = "llm-ls"
timeout = 60

# With these two lines, an edit is not made at once but offered by `space a`, whole and hunk by hunk:
# [language-server.llm-ls.config.codeActions]
# review = "proposal"

# With these two, what a model would go on with is in the completion menu, with the key after it has come:
# [language-server.llm-ls.config.inlineCompletion]
# completionItems = true
"""

_EMACS = """
;; Into your init file. Either eglot, which runs one server a buffer: llm-ls alone where there is none ...
(with-eval-after-load 'eglot
  (add-to-list 'eglot-server-programs '(text-mode . ("llm-ls")))
  ;; ... and elsewhere beside the others, through the multiplexer `rass' (uv tool install rassumfrassum); put
  ;; the servers that you use in place of Ruff's, with -- between them:
  (add-to-list 'eglot-server-programs
               '((python-mode python-ts-mode) . ("rass" "--" "ruff" "server" "--" "llm-ls")))
  ;; Every edit is shown as a diff: in its window, C-c C-a applies the hunk at point.
  (setq eglot-confirm-server-edits '((t . diff))))

(defun llm-ls-edit (instruction)
  "Edit the lines of the region, or else all lines, as INSTRUCTION says."
  (interactive "sInstruction: ")
  (let* ((beg (if (use-region-p) (region-beginning) (point-min)))
         (end (if (use-region-p) (region-end) (point-max)))
         (range (list :start (list :line (1- (line-number-at-pos beg t)) :character 0)
                      :end (list :line (line-number-at-pos (max beg (1- end)) t) :character 0))))
    (eglot-execute (eglot-current-server)
                   (list :command "llm-ls.edit"
                         :arguments (vector (list :uri (eglot-path-to-uri (buffer-file-name)) :range range
                                                  :instruction instruction))))))

(defun llm-ls-stop ()
  "Stop all that llm-ls is doing."
  (interactive)
  (eglot-execute (eglot-current-server) (list :command "llm-ls.cancel" :arguments [])))

;; A chat is a Markdown file: `AI: Chat about this' opens one, and `AI: Send' has it answered there, without asking.
(define-derived-mode llm-ls-chat-mode text-mode "Chat"
  "A chat with a model."
  (eglot-ensure))
(add-to-list 'auto-mode-alist '("/llm-ls/chats/.*\\\\.md\\\\'" . llm-ls-chat-mode))
(with-eval-after-load 'eglot
  (define-advice eglot--confirm-server-edits (:around (ask origin edits) llm-ls)
    (unless (seq-every-p (lambda (edit) (string-match-p "/llm-ls/chats/" (car edit))) edits)
      (funcall ask origin edits)))
  ;; C-g at a question is a no, and what an edit made of the text is told at once, not with the next key.
  (define-advice eglot-handle-request (:around (handle server method &rest params) llm-ls)
    (prog1 (condition-case nil (apply handle server method params) (quit nil))
      (when (eq method 'workspace/applyEdit)
        (dolist (buffer (eglot--managed-buffers server))
          (with-current-buffer buffer (eglot--signal-textDocument/didChange)))))))

;; Or lsp-mode, which runs it beside the others everywhere:
(with-eval-after-load 'lsp-mode
  (lsp-register-client
   (make-lsp-client :new-connection (lsp-stdio-connection '("llm-ls"))
                    :activation-fn (lambda (&rest _) t)
                    :add-on? t
                    :priority -1
                    :server-id 'llm-ls)))
"""

_VIM = r"""
" Vim 9 with ALE 3.3 or later: into your vimrc. llm-ls is added to the linters that ALE runs for a file.
" Select lines and type :ALECodeAction. ALE takes no edits from a server, so an edit is offered there too, once
" it is ready. :LlmLsEdit make it async  edits the selected lines, or else all.
function! LlmLsRoot(buffer) abort
  let l:git = ale#path#FindNearestDirectory(a:buffer, '.git')
  return fnamemodify(empty(l:git) ? bufname(a:buffer) : l:git, empty(l:git) ? ':p:h' : ':h:h')
endfunction

function! LlmLsAdd() abort
  for l:type in split(&filetype, '\.')
    call ale#linter#Define(l:type, {
      \ 'name': 'llm-ls', 'lsp': 'stdio', 'executable': 'llm-ls', 'command': '%e',
      \ 'project_root': function('LlmLsRoot'), 'initialization_options': {},
      \ })
  endfor
  let l:names = map(ale#linter#Get(&filetype), 'v:val.name')
  let b:ale_linters = filter(l:names, 'v:val isnot# "llm-ls"') + ['llm-ls']
endfunction

function! LlmLsRun(command, argument) abort
  let l:params = {'command': a:command, 'arguments': [a:argument]}
  call ale#lsp_linter#SendRequest(bufnr(''), 'llm-ls', [0, 'workspace/executeCommand', l:params])
endfunction

autocmd FileType * call LlmLsAdd()
let g:ale_lsp_show_message_severity = 'information'
command! -range=% -nargs=1 LlmLsEdit call LlmLsRun('llm-ls.edit', {
  \ 'uri': ale#util#ToURI(expand('%:p')), 'instruction': <q-args>,
  \ 'range': {'start': {'line': <line1> - 1, 'character': 0}, 'end': {'line': <line2>, 'character': 0}}})
command! LlmLsStop call LlmLsRun('llm-ls.cancel', {})
"""

_ZED = """
# Zed starts a language server only through an extension. Make a folder with these three files, then run
# "zed: install dev extension" and choose it (Zed compiles it with the Rust of rustup).
# Settings are read from llm-ls's own config.toml.

# extension.toml
id = "llm-ls"
name = "llm-ls"
version = "0.1.0"
schema_version = 1
authors = ["me"]

[language_servers.llm-ls]
name = "llm-ls"
languages = LANGUAGES

# Cargo.toml
[package]
name = "llm-ls-zed"
version = "0.1.0"
edition = "2021"

[lib]
crate-type = ["cdylib"]

[dependencies]
zed_extension_api = "0.7"

# src/lib.rs
use zed_extension_api as zed;

struct LlmLs;

impl zed::Extension for LlmLs {
    fn new() -> Self {
        LlmLs
    }

    fn language_server_command(
        &mut self,
        _: &zed::LanguageServerId,
        worktree: &zed::Worktree,
    ) -> zed::Result<zed::Command> {
        let command = worktree.which("llm-ls").ok_or("llm-ls is not on the PATH")?;
        Ok(zed::Command { command, args: vec![], env: worktree.shell_env() })
    }
}

zed::register_extension!(LlmLs);
"""

_SUBLIME = """
// Sublime Text with the package LSP: "Preferences: LSP Settings", then
{
  "clients": {
    "llm-ls": {
      "enabled": true,
      "command": ["llm-ls"],
      "selector": "source | text",
      "disabled_capabilities": {"completionProvider": true},
      "settings": {"llm-ls.codeActions.review": "auto"}
    }
  }
}
"""

_KATE = """
Paste it into Settings, Configure Kate, LSP Client, User Server Settings.
Kate runs one server for a language, so llm-ls takes the place of the one it has; the expression is matched
with the highlighting mode. Edits are offered as code actions: Kate accepts others only within two seconds of
a command.
"""
