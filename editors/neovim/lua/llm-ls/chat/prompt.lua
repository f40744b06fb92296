-- The prompt at the end of a chat, where the user writes.

local marks = require('llm-ls.chat.marks')

local api = vim.api
local M = {}

---Add the prompt, with `text` in it and `items` attached. The undo history begins anew: what it brought back of what
---came before would be text without its marks.
---@param view llm_ls.chat.View
---@param text string
---@param items llm_ls.chat.Item[]
function M.add(view, text, items)
  local undolevels = vim.bo[view.bufnr].undolevels
  vim.bo[view.bufnr].undolevels = -1
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
    view.prompt = { head = head, attached = attached }
  end)
  vim.bo[view.bufnr].undolevels = undolevels
end

---What is attached and was not deleted.
---@param view llm_ls.chat.View
---@param prompt llm_ls.chat.Prompt
---@return integer[] ids
---@return llm_ls.chat.Item[] items
local function attached_to(view, prompt)
  local ids, items = {}, {}
  for _, attached in ipairs(prompt.attached) do
    if marks.valid(view, { attached.mark })[1] then
      table.insert(ids, attached.mark)
      table.insert(items, attached.item)
    end
  end
  return ids, items
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
  local ids, items = attached_to(view, prompt)
  return vim.trim(marks.text_between(view, prompt.head, nil, ids)), items
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
  local turn = { you = prompt.head, attached = attached_to(view, prompt), folded = {}, texts = {} }
  if action then
    local heading = marks.place(view, prompt.head)
    marks.mark(view, heading, 0, { virt_text = { { ' ' .. action, 'LlmLsChatNotice' } } })
  end
  view.prompt = nil
  table.insert(view.turns, turn)
  return turn
end

return M
