-- What stands in a chat: its questions and answers, headings and folds.

local marks = require('llm-ls.chat.marks')

local M = {}

---@param bufnr integer
---@return llm_ls.chat.View
function M.new(bufnr)
  return { bufnr = bufnr, turns = {} }
end

---The question and the answer of a turn as they stand in the buffer.
---@param view llm_ls.chat.View
---@param turn llm_ls.chat.Turn
---@return string question
---@return string answer
function M.read(view, turn)
  local texts = vim.tbl_map(function(id)
    return marks.text_at(view, id)
  end, turn.texts)
  local attached = marks.valid(view, turn.attached)
  local question = marks.text_between(view, turn.you, turn.assistant, attached)
  return vim.trim(question), table.concat(texts)
end

---The rows of all headings, in order.
---@param view llm_ls.chat.View
---@return integer[]
function M.headings(view)
  local rows = {}
  for _, turn in ipairs(view.turns) do
    table.insert(rows, (marks.place(view, turn.you)))
    if turn.assistant then
      table.insert(rows, (marks.place(view, turn.assistant)))
    end
  end
  if view.prompt then
    table.insert(rows, (marks.place(view, view.prompt.head)))
  end
  table.sort(rows)
  return rows
end

---What is folded, as first and last rows.
---@param view llm_ls.chat.View
---@return integer[][]
function M.folded(view)
  local ranges = {}
  local function add(first, last)
    if first then
      local row, _, details = marks.place(view, last)
      table.insert(ranges, { (marks.place(view, first)), details.end_row or row })
    end
  end
  for _, turn in ipairs(view.turns) do
    add(turn.attached[1], turn.attached[#turn.attached])
    for _, id in ipairs(turn.folded) do
      add(id, id)
    end
  end
  local attached = view.prompt and view.prompt.attached or {}
  if attached[1] then
    add(attached[1].mark, attached[#attached].mark)
  end
  return ranges
end

return M
