-- The hunks of a proposal as whole lines: the server sends only the characters that change.

local ranges = require('llm-ls.range')

local M = {}

---@class llm_ls.Hunk
---@field id string
---@field row integer The first line that goes, from 0; of a pure insertion, the line that it comes before.
---@field old string[] The lines that go.
---@field new string[] The lines that come.
---@field first? integer Of a piece of a hunk: which of the hunk's new lines its first one is, from 1.
---@field tail? llm_ls.Tail Once it is drawn.
---@field whole? boolean It cannot be accepted without the others of its edit.

---@class llm_ls.Proposal As the server sends it.
---@field id string
---@field title string
---@field model string
---@field uri string
---@field version? integer
---@field summary string
---@field hunks {id: string, range: lsp.Range, newText: string}[]
---@field failedHunks? string[]
---@field changeSet? {id: string, title: string, files: string[]} What it belongs to, if it is one of several files.
---@field operation? {kind: 'create'|'rename'|'delete', newUri?: string} What is done with the file itself.

---@param text string
---@return string[]
local function lines_of(text)
  return vim.split(text:gsub('\r\n', '\n'), '\n', { plain = true })
end

---@param bufnr integer
---@param sent {id: string, range: lsp.Range, newText: string}
---@param encoding 'utf-8'|'utf-16'|'utf-32'
---@return llm_ls.Hunk
function M.of(bufnr, sent, encoding)
  local range = ranges.from_lsp(bufnr, sent.range, encoding)
  local old = vim.api.nvim_buf_get_lines(bufnr, range.start_row, range.end_row + 1, false)
  local past_end = range.end_row >= vim.api.nvim_buf_line_count(bufnr)
  local before = (old[1] or ''):sub(1, range.start_col)
  local after = past_end and '' or (old[#old] or ''):sub(range.end_col + 1)
  local new = lines_of(before .. sent.newText .. after)
  if past_end and new[#new] == '' then
    table.remove(new)
  end
  local row = range.start_row
  while #old > 0 and #new > 0 and old[1] == new[1] do
    table.remove(old, 1)
    table.remove(new, 1)
    row = row + 1
  end
  while #old > 0 and #new > 0 and old[#old] == new[#new] do
    table.remove(old)
    table.remove(new)
  end
  return { id = sent.id, row = row, old = old, new = new }
end

return M
