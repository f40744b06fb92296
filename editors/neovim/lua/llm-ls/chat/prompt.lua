-- The prompt at the end of a chat, where the user writes.

local marks = require('llm-ls.chat.marks')

local api = vim.api
local M = {}

---Add the prompt, with `text` in it and `items` attached.
---@param view llm_ls.chat.View
---@param text string
---@param items llm_ls.chat.Item[]
function M.add(view, text, items)
  marks.at_end(view, function()
    local row, head = marks.add_heading(view, 'You', 'LlmLsChatYou')
    local lines = {}
    for _, item in ipairs(items) do
      table.insert(lines, '- ' .. require('llm-ls.chat.context').label(item))
    end
    if items[1] then
      table.insert(lines, '')
    end
    local first = row + 2
    api.nvim_buf_set_lines(view.bufnr, -1, -1, false, lines)
    local attached = {}
    for index, item in ipairs(items) do
      local id = marks.mark(view, first + index - 1, 0, {
        end_col = #lines[index],
        hl_group = 'LlmLsChatAttached',
        priority = 120,
        invalidate = true,
      })
      table.insert(attached, { mark = id, item = item })
    end
    if items[1] then
      marks.fold(view, first, first + #items - 1)
    end
    api.nvim_buf_set_lines(view.bufnr, -1, -1, false, vim.split(text, '\n', { plain = true }))
    local start = marks.mark(view, first + #lines, 0, { right_gravity = false })
    view.prompt = { head = head, start = start, attached = attached }
  end)
end

---What stands in the prompt: its text, and what is attached and was not deleted.
---@param view llm_ls.chat.View
---@return string text
---@return llm_ls.chat.Item[] items
function M.read(view)
  local prompt = view.prompt
  if not prompt then
    return '', {}
  end
  local row, col = marks.place(view, prompt.start)
  local last, line = marks.last_line(view)
  local lines = row <= last and api.nvim_buf_get_text(view.bufnr, row, col, last, #line, {}) or {}
  local items = {}
  for _, attached in ipairs(prompt.attached) do
    local _, _, details = marks.place(view, attached.mark)
    if not details.invalid then
      table.insert(items, attached.item)
    end
  end
  return vim.trim(table.concat(lines, '\n')), items
end

---Take the prompt away, to be added again.
---@param view llm_ls.chat.View
function M.remove(view)
  if view.prompt then
    marks.cut(view, view.prompt.head)
    view.prompt = nil
  end
end

---Make the prompt a question: the turn that it begins.
---@param view llm_ls.chat.View
---@param action? string Shown beside the heading, since nobody has typed it.
---@return llm_ls.chat.Turn
function M.ask(view, action)
  local prompt = assert(view.prompt)
  local row, col = marks.place(view, prompt.start)
  marks.at_end(view, function()
    local last, line = marks.last_line(view)
    while last > row and vim.trim(line) == '' do
      api.nvim_buf_set_lines(view.bufnr, last, last + 1, false, {})
      last, line = marks.last_line(view)
    end
  end)
  local last, line = marks.last_line(view)
  local turn = {
    you = prompt.head,
    question = marks.mark(view, row, col, { end_row = last, end_col = #line, right_gravity = false }),
    attached = vim.tbl_map(function(attached)
      return attached.mark
    end, prompt.attached),
    folded = {},
    texts = {},
  }
  if action then
    local heading = marks.place(view, prompt.head)
    marks.mark(view, heading, 0, { virt_text = { { ' ' .. action, 'LlmLsChatNotice' } } })
  end
  view.prompt = nil
  table.insert(view.turns, turn)
  return turn
end

return M
