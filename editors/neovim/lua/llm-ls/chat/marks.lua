-- Places in the text of a chat, kept as extmarks: whatever the user changes above the end moves them and harms nothing.

local folds = require('llm-ls.chat.folds')

local api = vim.api
local M = {}

M.namespace = api.nvim_create_namespace('llm-ls.chat')

---@class llm_ls.chat.Turn The marks of a question and its answer.
---@field you integer Its heading.
---@field attached integer[] Over the lines of what is attached.
---@field told? integer What the heading says of what is attached.
---@field assistant? integer The heading of the answer.
---@field folded integer[] Over what is folded in it: thinking, and calls of tools.
---@field texts integer[] Over the stretches of text in it.
---@field growing? integer The last of these, at the start of its text, while that grows.

---@class llm_ls.chat.Prompt
---@field head integer
---@field attached {mark: integer, item: llm_ls.chat.Item}[]

---@class llm_ls.chat.View
---@field bufnr integer
---@field turns llm_ls.chat.Turn[]
---@field prompt? llm_ls.chat.Prompt
---@field tail? integer Where the answer grows.

---@param view llm_ls.chat.View
---@param id integer
---@return integer row
---@return integer col
---@return table details
function M.place(view, id)
  local found = api.nvim_buf_get_extmark_by_id(view.bufnr, M.namespace, id, { details = true })
  return found[1] or 0, found[2] or 0, found[3] or {}
end

---@param view llm_ls.chat.View
---@param row integer
---@param col integer
---@param options? vim.api.keyset.set_extmark
---@return integer
function M.mark(view, row, col, options)
  return api.nvim_buf_set_extmark(view.bufnr, M.namespace, row, col, options or {})
end

---Let a mark reach from where it is to a place that is not before it.
---@param view llm_ls.chat.View
---@param id integer
---@param end_row integer
---@param end_col integer
function M.span(view, id, end_row, end_col)
  local row, col = M.place(view, id)
  if end_row < row or (end_row == row and end_col < col) then
    end_row, end_col = row, col
  end
  M.mark(view, row, col, { id = id, end_row = end_row, end_col = end_col, right_gravity = false })
end

---@param view llm_ls.chat.View
---@return integer row
---@return string line
function M.last_line(view)
  local row = api.nvim_buf_line_count(view.bufnr) - 1
  return row, api.nvim_buf_get_lines(view.bufnr, row, row + 1, false)[1] or ''
end

---Change the end of the buffer; windows whose cursor is on the last line stay on the last line.
---@param view llm_ls.chat.View
---@param change fun()
function M.at_end(view, change)
  local count = api.nvim_buf_line_count(view.bufnr)
  local followers = vim.tbl_filter(function(win)
    return api.nvim_win_get_cursor(win)[1] >= count
  end, vim.fn.win_findbuf(view.bufnr))
  change()
  local row, line = M.last_line(view)
  local selecting = vim.fn.mode():find('^[vVsS\22\19]')
  for _, win in ipairs(followers) do
    if not (selecting and win == api.nvim_get_current_win()) then
      api.nvim_win_set_cursor(win, { row + 1, #line })
    end
  end
end

---The row of the first blank line after all that is filled; it is added if there is none.
---@param view llm_ls.chat.View
---@return integer
function M.blank(view)
  local last, line = M.last_line(view)
  local filled = last
  while filled > 0 and line == '' do
    filled = filled - 1
    line = api.nvim_buf_get_lines(view.bufnr, filled, filled + 1, false)[1]
  end
  if filled == last then
    api.nvim_buf_set_lines(view.bufnr, -1, -1, false, { '' })
  end
  return filled + 1
end

---Append lines after one blank line, which stays as it is; the row of the first.
---@param view llm_ls.chat.View
---@param lines string[]
---@return integer
function M.add_lines(view, lines)
  local last, line = M.last_line(view)
  local row = last == 0 and line == '' and 0 or M.blank(view) + 1
  api.nvim_buf_set_lines(view.bufnr, row, -1, false, lines)
  return row
end

---@param view llm_ls.chat.View
---@param title string
---@param group string
---@return integer row
---@return integer mark
function M.add_heading(view, title, group)
  local row = M.add_lines(view, { '## ' .. title, '' })
  return row, M.mark(view, row, 0, { end_col = #title + 3, hl_group = group, priority = 120 })
end

---@param view llm_ls.chat.View
---@param first integer
---@param last integer
function M.fold(view, first, last)
  for _, win in ipairs(vim.fn.win_findbuf(view.bufnr)) do
    folds.close(win, first, last)
  end
end

---Fold the lines of a mark.
---@param view llm_ls.chat.View
---@param id integer
function M.fold_mark(view, id)
  local row, _, details = M.place(view, id)
  M.fold(view, row, details.end_row or row)
end

---Put other lines in the place of those of a mark.
---@param view llm_ls.chat.View
---@param id integer
---@param lines string[]
function M.replace(view, id, lines)
  local row, _, details = M.place(view, id)
  api.nvim_buf_set_lines(view.bufnr, row, (details.end_row or row) + 1, false, lines)
  M.mark(view, row, 0, { id = id, end_row = row + #lines - 1, end_col = #lines[#lines], strict = false })
end

---Take away everything from a mark on, marks too.
---@param view llm_ls.chat.View
---@param id integer
function M.cut(view, id)
  M.at_end(view, function()
    local row, col = M.place(view, id)
    -- A heading that the user joined to the line above takes none of that with it.
    local left = col > 0 and { (api.nvim_buf_get_lines(view.bufnr, row, row + 1, false)[1] or ''):sub(1, col) } or {}
    api.nvim_buf_del_extmark(view.bufnr, M.namespace, id)
    api.nvim_buf_clear_namespace(view.bufnr, M.namespace, row + #left, -1)
    api.nvim_buf_set_lines(view.bufnr, row, -1, false, left)
  end)
end

---The text between the end of a mark and the start of another one, or the end of the buffer. What stands between two
---headings is there whatever was typed, replaced or deleted in it; a mark over it would not grow, or collapse.
---@param view llm_ls.chat.View
---@param from integer
---@param to? integer
---@param without integer[] Marks whose lines are left out.
---@return string
function M.text_between(view, from, to, without)
  local row, col, details = M.place(view, from)
  row, col = details.end_row or row, details.end_col or col
  local end_row, line = M.last_line(view)
  local end_col = #line
  if to then
    end_row, end_col = M.place(view, to)
  end
  if row > end_row or (row == end_row and col > end_col) then
    return ''
  end
  local left_out = {} ---@type table<integer, true?>
  for _, id in ipairs(without) do
    left_out[M.place(view, id)] = true
  end
  local lines = {}
  for number, text in ipairs(api.nvim_buf_get_text(view.bufnr, row, col, end_row, end_col, {})) do
    if not left_out[row + number - 1] then
      table.insert(lines, text)
    end
  end
  return table.concat(lines, '\n')
end

---Which of these marks are still over the text that they were put over.
---@param view llm_ls.chat.View
---@param ids integer[]
---@return integer[]
function M.valid(view, ids)
  return vim.tbl_filter(function(id)
    local _, _, details = M.place(view, id)
    return not details.invalid
  end, ids)
end

---@param view llm_ls.chat.View
---@param id integer
---@return string
function M.text_at(view, id)
  local row, col, details = M.place(view, id)
  local end_row, end_col = details.end_row, details.end_col
  if not end_row then
    return ''
  end
  return table.concat(api.nvim_buf_get_text(view.bufnr, row, col, end_row, end_col, {}), '\n')
end

return M
