-- Draws an edit in the buffer: lines that go are coloured, lines that come stand below them as virtual lines.

local coming = require('llm-ls.review.coming')
local words = require('llm-ls.review.words')

local M = {}

---What is drawn for whom, each in a namespace of its own.
M.REVIEW = vim.api.nvim_create_namespace('llm-ls.review')
M.NEXT_EDIT = vim.api.nvim_create_namespace('llm-ls.next_edit')

---@class llm_ls.Tail The last virtual lines of a hunk, below which the keys are named.
---@field row integer
---@field above boolean Whether they stand above the row.
---@field lines table[]
---@field mark? integer

local PRIORITY = 190
local MOST_LINES_MATCHED = 60

---@param namespace integer
---@param bufnr integer
function M.clear(namespace, bufnr)
  if vim.api.nvim_buf_is_valid(bufnr) then
    vim.api.nvim_buf_clear_namespace(bufnr, namespace, 0, -1)
  end
end

---A hunk in the pieces that really differ: a rewritten passage comes as one hunk, with lines in it that stay.
---@param hunk llm_ls.Hunk
---@return llm_ls.Hunk[]
local function pieces_of(hunk)
  if #hunk.old == 0 or #hunk.new == 0 then
    return { hunk }
  end
  local before, after = table.concat(hunk.old, '\n') .. '\n', table.concat(hunk.new, '\n') .. '\n'
  local options = { result_type = 'indices', algorithm = 'histogram', linematch = MOST_LINES_MATCHED }
  local pieces = {} ---@type llm_ls.Hunk[]
  for _, change in ipairs(words.diff(before, after, options)) do
    local old_first, old_count, new_first, new_count = words.parts(change)
    local row = hunk.row + old_first - (old_count > 0 and 1 or 0)
    local old = vim.list_slice(hunk.old, old_first, old_first + old_count - 1)
    local new = vim.list_slice(hunk.new, new_first, new_first + new_count - 1)
    local last = pieces[#pieces]
    if last and last.row + #last.old == row and (last.first or 0) + #last.new == new_first then
      vim.list_extend(last.old, old)
      vim.list_extend(last.new, new)
    else
      table.insert(pieces, { id = hunk.id, row = row, old = old, new = new, first = new_first })
    end
  end
  return pieces
end

---@param namespace integer
---@param bufnr integer
---@param piece llm_ls.Hunk
---@param gone llm_ls.Mark[]
local function colour(namespace, bufnr, piece, gone)
  for index = 1, #piece.old do
    vim.api.nvim_buf_set_extmark(bufnr, namespace, piece.row + index - 1, 0, {
      end_row = piece.row + index,
      hl_group = 'LlmLsDelete',
      hl_eol = true,
      priority = PRIORITY,
      strict = false,
    })
  end
  for _, mark in ipairs(gone) do
    vim.api.nvim_buf_set_extmark(bufnr, namespace, piece.row + mark.line - 1, mark.first, {
      end_col = mark.last,
      hl_group = 'LlmLsDeleteText',
      priority = PRIORITY + 1,
    })
  end
end

---@param namespace integer
---@param bufnr integer
---@param hunk llm_ls.Hunk
---@return llm_ls.Tail
function M.draw(namespace, bufnr, hunk)
  local draw = coming.drawer(bufnr, hunk.new)
  local tail = { row = hunk.row, above = false, lines = {} } ---@type llm_ls.Tail
  for _, piece in ipairs(pieces_of(hunk)) do
    local gone, come = words.changed(piece.old, piece.new)
    colour(namespace, bufnr, piece, gone)
    local row = piece.row + #piece.old - 1
    tail = { row = math.max(row, 0), above = row < 0, lines = draw(piece, come) }
    M.stand(namespace, bufnr, tail)
  end
  return tail
end

---Put virtual lines where they come to stand, or others in their place.
---@param namespace integer
---@param bufnr integer
---@param tail llm_ls.Tail
---@param hint? table[] Chunks of a line below them.
function M.stand(namespace, bufnr, tail, hint)
  local lines = vim.list_extend({}, tail.lines)
  table.insert(lines, hint)
  local row = tail.mark and vim.api.nvim_buf_get_extmark_by_id(bufnr, namespace, tail.mark, {})[1] or tail.row
  tail.mark = vim.api.nvim_buf_set_extmark(bufnr, namespace, row, 0, {
    id = tail.mark,
    virt_lines = lines,
    virt_lines_above = tail.above,
    virt_lines_overflow = 'scroll',
    priority = PRIORITY,
    strict = false,
  })
  if tail.above then
    M._scroll_to_first(bufnr, #lines)
  end
end

---Neovim shows virtual lines above the first line only when it is told to.
---@param bufnr integer
---@param count integer
function M._scroll_to_first(bufnr, count)
  for _, window in ipairs(vim.fn.win_findbuf(bufnr)) do
    vim.api.nvim_win_call(window, function()
      if vim.fn.line('w0') == 1 then
        vim.fn.winrestview({ topline = 1, topfill = count })
      end
    end)
  end
end

return M
