-- The lines that come, as virtual lines: coloured by tree-sitter, tabs filled up, and wrapped as the window wraps.

local M = {}

---Colour the bytes of one node.
---@param groups table<integer, table<integer, string>>
---@param lines string[]
---@param node TSNode
---@param group string
local function paint(groups, lines, node, group)
  local first_row, first_col, last_row, last_col = node:range()
  for row = first_row, last_row do
    local line = groups[row + 1] or {}
    groups[row + 1] = line
    for col = row == first_row and first_col + 1 or 1, row == last_row and last_col or #(lines[row + 1] or '') do
      line[col] = group
    end
  end
end

---The highlight groups of `lines` by tree-sitter, by line and byte from 1; none where there is no parser.
---@param bufnr integer
---@param lines string[]
---@return table<integer, table<integer, string>>
local function syntax(bufnr, lines)
  local groups = {}
  local language = vim.treesitter.language.get_lang(vim.bo[bufnr].filetype)
  local query = language and vim.treesitter.language.add(language) and vim.treesitter.query.get(language, 'highlights')
  if not language or not query then
    return groups
  end
  local text = table.concat(lines, '\n')
  local tree = assert(vim.treesitter.get_string_parser(text, language):parse())[1]
  for capture, node in query:iter_captures(tree:root(), text) do
    local name = query.captures[capture] or '_'
    if name:sub(1, 1) ~= '_' and name ~= 'spell' and name ~= 'nospell' then
      paint(groups, lines, node, ('@%s.%s'):format(name, language))
    end
  end
  return groups
end

---How wide a line of the buffer is where it is shown; nil: it is not wrapped.
---@param bufnr integer
---@return integer? width
---@return integer columns
local function width_of(bufnr)
  local window = vim.api.nvim_get_current_buf() == bufnr and vim.api.nvim_get_current_win() or vim.fn.bufwinid(bufnr)
  local info = window ~= -1 and vim.fn.getwininfo(window)[1]
  local columns = info and info.width - info.textoff or vim.o.columns
  return info and vim.wo[window].wrap and columns or nil, columns
end

---@class llm_ls.Row One virtual line on its way.
---@field chunks table[]
---@field column integer

---@param row llm_ls.Row
---@param text string
---@param groups string[]
---@param width integer
local function put(row, text, groups, width)
  local last = row.chunks[#row.chunks]
  if last and vim.deep_equal(last[2], groups) then
    last[1] = last[1] .. text
  else
    table.insert(row.chunks, { text, groups })
  end
  row.column = row.column + width
end

---@param line string
---@param groups table<integer, string> By byte, from 1.
---@param marked table<integer, true?> Bytes that differ.
---@param tabstop integer
---@param width? integer Where it is wrapped.
---@return llm_ls.Row[]
local function rows_of(line, groups, marked, tabstop, width)
  local row = { chunks = {}, column = 0 }
  local rows, at = { row }, 0
  for _, first in ipairs(vim.str_utf_pos(line)) do
    local text = line:sub(first, first + vim.str_utf_end(line, first))
    local cells = text:byte() < 128 and 1 or vim.api.nvim_strwidth(text)
    if text == '\t' then
      cells = tabstop - at % tabstop
      text = (' '):rep(cells)
    end
    if width and row.column + cells > width then
      row = { chunks = {}, column = 0 }
      table.insert(rows, row)
    end
    put(row, text, { marked[first] and 'LlmLsAddText' or 'LlmLsAdd', groups[first] }, cells)
    at = at + cells
  end
  return rows
end

---@param marks llm_ls.Mark[]
---@return table<integer, table<integer, true?>> bytes by line
local function bytes_of(marks)
  local marked = {}
  for _, mark in ipairs(marks) do
    marked[mark.line] = marked[mark.line] or {}
    for col = mark.first + 1, mark.last do
      marked[mark.line][col] = true
    end
  end
  return marked
end

---A function that makes virtual lines of pieces of a hunk.
---@param bufnr integer
---@param new string[] All lines of the hunk that come; their syntax is seen as a whole.
---@return fun(piece: llm_ls.Hunk, come: llm_ls.Mark[]): table[]
function M.drawer(bufnr, new)
  local groups, tabstop = syntax(bufnr, new), vim.bo[bufnr].tabstop
  local width, columns = width_of(bufnr)
  return function(piece, come)
    local lines, marked = {}, bytes_of(come)
    for number, line in ipairs(piece.new) do
      local of_line = groups[(piece.first or 1) + number - 1] or {}
      for _, row in ipairs(rows_of(line, of_line, marked[number] or {}, tabstop, width)) do
        put(row, (' '):rep(math.max(columns - row.column, 0)), { 'LlmLsAdd' }, 0)
        table.insert(lines, row.chunks)
      end
    end
    return lines
  end
end

return M
