-- The text that a request is about, as LSP counts it.

local M = {}

---@class llm_ls.Range Rows and byte columns from 0; the end is exclusive.
---@field start_row integer
---@field start_col integer
---@field end_row integer
---@field end_col integer

---@param row integer
---@return integer
local function width(row)
  return #(vim.api.nvim_buf_get_lines(0, row, row + 1, false)[1] or '')
end

---Whole lines, both from 0 and included.
---@param first integer
---@param last integer
---@return llm_ls.Range
function M.of_lines(first, last)
  return { start_row = first, start_col = 0, end_row = last, end_col = width(last) }
end

---@param from integer[] A position as `getpos()` gives it.
---@param to integer[]
---@param mode string
---@return llm_ls.Range
local function between(from, to, mode)
  if from[2] > to[2] or (from[2] == to[2] and from[3] > to[3]) then
    from, to = to, from
  end
  if mode ~= 'v' then
    return M.of_lines(from[2] - 1, to[2] - 1)
  end
  local row = to[2] - 1
  local line = vim.api.nvim_buf_get_lines(0, row, row + 1, false)[1] or ''
  local last = math.min(to[3], #line)
  local after = last > 0 and last + vim.str_utf_end(line, last) or 0
  return { start_row = from[2] - 1, start_col = from[3] - 1, end_row = row, end_col = after }
end

---What a command's range names: its lines, or of those last selected by character only the selection.
---@param given {range: integer, line1: integer, line2: integer}
---@return llm_ls.Range
function M.of_command(given)
  local from, to = vim.fn.getpos("'<"), vim.fn.getpos("'>")
  if given.range == 2 and vim.fn.visualmode() == 'v' and given.line1 == from[2] and given.line2 == to[2] then
    return between(from, to, 'v')
  end
  return M.of_lines(given.line1 - 1, given.line2 - 1)
end

---What is selected now, which ends the selection; nil: nothing.
---@return llm_ls.Range?
function M.of_selection()
  local mode = vim.fn.mode()
  if mode ~= 'v' and mode ~= 'V' and mode ~= '\22' then
    return nil
  end
  local range = between(vim.fn.getpos('v'), vim.fn.getpos('.'), mode)
  vim.api.nvim_feedkeys(vim.keycode('<Esc>'), 'nx', false)
  return range
end

---The cursor's place, an empty range.
---@return llm_ls.Range
function M.of_cursor()
  local row, col = unpack(vim.api.nvim_win_get_cursor(0))
  return { start_row = row - 1, start_col = col, end_row = row - 1, end_col = col }
end

---@param bufnr integer
---@param row integer
---@param col integer
---@param encoding 'utf-8'|'utf-16'|'utf-32'
---@return lsp.Position
local function position(bufnr, row, col, encoding)
  local line = vim.api.nvim_buf_get_lines(bufnr, row, row + 1, false)[1] or ''
  return { line = row, character = vim.str_utfindex(line, encoding, math.min(col, #line), false) }
end

---@param bufnr integer
---@param range llm_ls.Range
---@param encoding 'utf-8'|'utf-16'|'utf-32'
---@return lsp.Range
function M.to_lsp(bufnr, range, encoding)
  return {
    start = position(bufnr, range.start_row, range.start_col, encoding),
    ['end'] = position(bufnr, range.end_row, range.end_col, encoding),
  }
end

---@param bufnr integer
---@param lsp_range lsp.Range
---@param encoding 'utf-8'|'utf-16'|'utf-32'
---@return llm_ls.Range
function M.from_lsp(bufnr, lsp_range, encoding)
  local function byte(place)
    local line = vim.api.nvim_buf_get_lines(bufnr, place.line, place.line + 1, false)[1] or ''
    return vim.str_byteindex(line, encoding, place.character, false)
  end
  return {
    start_row = lsp_range.start.line,
    start_col = byte(lsp_range.start),
    end_row = lsp_range['end'].line,
    end_col = byte(lsp_range['end']),
  }
end

return M
