-- An answer in a chat, as it grows and as it ends.

local fit = require('llm-ls.chat.fit')
local marks = require('llm-ls.chat.marks')

local api = vim.api
local M = {}

local MOST_ATTACHED = 3
-- Greater than that of what else is beside a heading, which is 4096.
local BEHIND = 5000

---Begin the answer of a turn.
---@param view llm_ls.chat.View
---@param turn llm_ls.chat.Turn
function M.begin(view, turn)
  marks.at_end(view, function()
    local row, head = marks.add_heading(view, 'Assistant', 'LlmLsChatAssistant')
    api.nvim_buf_set_lines(view.bufnr, -1, -1, false, { '' })
    turn.assistant, turn.texts, turn.folded, turn.growing = head, {}, {}, nil
    view.tail = marks.mark(view, row + 2, 0)
  end)
end

---@param view llm_ls.chat.View
---@param lines string[]
local function insert(view, lines)
  local row, col = marks.place(view, assert(view.tail))
  api.nvim_buf_set_text(view.bufnr, row, col, row, col, lines)
end

---End the stretch of text that grows.
---@param view llm_ls.chat.View
---@param turn llm_ls.chat.Turn
local function end_text(view, turn)
  if turn.growing then
    marks.span(view, turn.growing, marks.place(view, assert(view.tail)))
    turn.growing = nil
  end
end

---Put lines between the stretches of text; a mark over them.
---@param view llm_ls.chat.View
---@param turn llm_ls.chat.Turn
---@param lines string[]
---@return integer
local function put_between(view, turn, lines)
  if turn.growing then
    end_text(view, turn)
    insert(view, { '', '', '' })
  end
  local row = marks.place(view, assert(view.tail))
  insert(view, vim.list_extend(vim.deepcopy(lines), { '', '' }))
  local id = marks.mark(view, row, 0, { end_row = row + #lines - 1, end_col = #lines[#lines], strict = false })
  table.insert(turn.folded, id)
  return id
end

---@param text string
---@return string[]
local function quoted(text)
  return vim.tbl_map(function(line)
    return vim.trim('> ' .. line)
  end, vim.split(vim.trim(text), '\n', { plain = true }))
end

---Put what the model thought into the answer, folded away.
---@param view llm_ls.chat.View
---@param turn llm_ls.chat.Turn
---@param text string
function M.think(view, turn, text)
  marks.at_end(view, function()
    marks.fold_mark(view, put_between(view, turn, quoted(text)))
  end)
end

---Put a call of a tool into the answer, or what came of one that is there.
---@param view llm_ls.chat.View
---@param turn llm_ls.chat.Turn
---@param call llm_ls.chat.Call
function M.call(view, turn, call)
  local lines = require('llm-ls.chat.calls').lines(call)
  marks.at_end(view, function()
    if call.mark then
      marks.replace(view, call.mark, lines)
    else
      call.mark = put_between(view, turn, lines)
    end
    if call.content then
      marks.fold_mark(view, call.mark)
    end
  end)
end

---Let the answer grow.
---@param view llm_ls.chat.View
---@param turn llm_ls.chat.Turn
---@param text string
function M.grow(view, turn, text)
  marks.at_end(view, function()
    if not turn.growing then
      local row, col = marks.place(view, assert(view.tail))
      turn.growing = marks.mark(view, row, col, { right_gravity = false })
      table.insert(turn.texts, turn.growing)
    end
    insert(view, vim.split(text, '\n', { plain = true }))
  end)
end

---End the answer; `note` says why it is not whole, `footer` what it cost.
---@param view llm_ls.chat.View
---@param turn llm_ls.chat.Turn
---@param note? string
---@param footer? string
function M.finish(view, turn, note, footer)
  marks.at_end(view, function()
    end_text(view, turn)
    if note then
      local lines = quoted(note)
      local row = marks.add_lines(view, lines)
      marks.mark(view, row, 0, { end_row = row + #lines, hl_group = 'LlmLsChatError', priority = 120, strict = false })
    end
    if footer then
      -- Above a blank line: where the user lets Markdown conceal, the last line of a block is gone with what hangs on it.
      marks.mark(view, marks.blank(view), 0, {
        virt_lines = { { { fit.text(footer, fit.width(view.bufnr)), 'LlmLsChatFooter' } } },
        virt_lines_above = true,
      })
    end
    api.nvim_buf_del_extmark(view.bufnr, marks.namespace, assert(view.tail))
    view.tail = nil
  end)
end

---@class llm_ls.chat.Attached What the server sent with a question.
---@field title string
---@field tokens integer

---Say beside a question what was sent with it.
---@param view llm_ls.chat.View
---@param turn llm_ls.chat.Turn
---@param attached llm_ls.chat.Attached[]
function M.attached(view, turn, attached)
  local chunks = {}
  for index, one in ipairs(attached) do
    if index > MOST_ATTACHED then
      table.insert(chunks, { (' and %d more'):format(#attached - MOST_ATTACHED), 'LlmLsChatAttached' })
      break
    end
    local tokens = require('llm-ls.money').tokens(one.tokens)
    table.insert(chunks, { (' [%s · %s tok]'):format(one.title, tokens), 'LlmLsChatAttached' })
  end
  local row = marks.place(view, turn.you)
  chunks = fit.chunks(chunks, fit.width(view.bufnr) - #'## You ')
  turn.told = marks.mark(view, row, 0, { id = turn.told, virt_text = chunks, priority = BEHIND })
end

---Say beside a heading that there are others in its place.
---@param view llm_ls.chat.View
---@param heading integer
---@param count integer
function M.others(view, heading, count)
  if count > 0 then
    local said = (' %d other%s here, ga'):format(count, count == 1 and '' or 's')
    marks.mark(view, (marks.place(view, heading)), 0, { virt_text = { { said, 'LlmLsChatNotice' } } })
  end
end

---Say below an answer that it and all before it are sent as a summary from now on, which is folded away.
---@param view llm_ls.chat.View
---@param turn llm_ls.chat.Turn
---@param text string
function M.summarise(view, turn, text)
  local lines = quoted(text)
  local counted = #lines == 1 and '1 line' or #lines .. ' lines'
  table.insert(
    lines,
    1,
    ('> %swhat is above is sent as a summary · %s'):format(require('llm-ls.chat.calls').SIGN, counted)
  )
  marks.at_end(view, function()
    local row = marks.add_lines(view, lines)
    local id = marks.mark(view, row, 0, { end_row = row + #lines - 1, end_col = #lines[#lines], strict = false })
    table.insert(turn.folded, id)
    marks.fold_mark(view, id)
  end)
end

---What the heading of a running answer says beside itself and below.
---@param view llm_ls.chat.View
---@param turn llm_ls.chat.Turn
---@param beside? string
---@param below string[]
function M.annotate(view, turn, beside, below)
  local row, _, details = marks.place(view, assert(turn.assistant))
  local width = fit.width(view.bufnr)
  local lines = {}
  for _, text in ipairs(below) do
    for _, line in ipairs(require('llm-ls.question').wrapped(text, width)) do
      table.insert(lines, { { line, 'LlmLsChatNotice' } })
    end
  end
  beside = beside and fit.text(beside, width - #'## Assistant  ')
  marks.mark(view, row, 0, {
    id = turn.assistant,
    end_row = details.end_row,
    end_col = details.end_col,
    hl_group = 'LlmLsChatAssistant',
    priority = 120,
    strict = false,
    virt_text = beside and { { ' ' .. beside, 'LlmLsChatNotice' } } or nil,
    virt_lines = lines[1] and lines or nil,
  })
end

return M
