-- The next edit: asked for at a pause after a change, drawn as an edit under review, gone to and made by a key.

local client = require('llm-ls.client')
local keys = require('llm-ls.review.keys')
local marks = require('llm-ls.review.marks')
local switch = require('llm-ls.inline.switch')

local M = {}

local METHOD = 'textDocument/copilotInlineEdit'
local REJECT = 'github.copilot.didRejectNextEditSuggestionItem'
local PAUSE_MS = 300
local NOT_FOUND = -32601

---@class llm_ls.NextEdit As the server sends it, in the shape of Copilot's.
---@field text string
---@field range lsp.Range
---@field textDocument {uri: string, version: integer}
---@field command lsp.Command

---@class llm_ls.Watching What is kept for a buffer.
---@field timer uv.uv_timer_t
---@field cancel? fun() Takes the request under way back.
---@field edit? llm_ls.NextEdit The one that is shown.
---@field hunk? llm_ls.Hunk
---@field key_does? string What the key does, as the hint says it.
---@field pointer? integer The mark that says where it is, while it is out of sight.

---@type table<integer, llm_ls.Watching?>
local watched = {}
---@type table<integer, true?> Ids of servers that know of no next edits.
local unknown_to = {}

---Ask in the buffers that `running` is attached to from now on.
---@param running vim.lsp.Client
function M.start(running)
  vim.api.nvim_create_autocmd('LspAttach', {
    group = vim.api.nvim_create_augroup('llm-ls.next_edit', {}),
    callback = function(event)
      if event.data.client_id == running.id and vim.bo[event.buf].buftype == '' then -- no chat
        M._attach(event.buf, running.id)
      end
    end,
  })
end

---@param bufnr integer
---@param client_id integer
function M._attach(bufnr, client_id)
  M._detach(bufnr)
  watched[bufnr] = { timer = assert(vim.uv.new_timer()) }
  local group = vim.api.nvim_create_augroup('llm-ls.next_edit.buffer.' .. bufnr, {})
  ---@param events vim.api.keyset.events[]
  ---@param callback fun()
  local function on(events, callback)
    vim.api.nvim_create_autocmd(events, { group = group, buffer = bufnr, callback = callback })
  end
  on({ 'TextChanged', 'TextChangedI', 'TextChangedP' }, function()
    M.clear(bufnr)
  end)
  on({ 'TextChanged', 'InsertLeave' }, function()
    M._ask_soon(bufnr)
  end)
  on({ 'CursorMoved', 'WinScrolled' }, function()
    M._hint(bufnr)
  end)
  vim.api.nvim_create_autocmd({ 'BufUnload', 'LspDetach' }, {
    group = group,
    buffer = bufnr,
    callback = function(event)
      if event.event == 'BufUnload' or event.data.client_id == client_id then
        M._detach(bufnr)
        return true
      end
    end,
  })
end

---@param bufnr integer
function M._detach(bufnr)
  local state = watched[bufnr]
  if state then
    M.clear(bufnr)
    state.timer:close()
    watched[bufnr] = nil
  end
end

---@param bufnr integer
---@return boolean
function M._wanted(bufnr)
  local running = client.get()
  return vim.api.nvim_get_current_buf() == bufnr
    and not vim.api.nvim_get_mode().mode:match('^[iRt]') -- it is asked and shown also while a command is typed
    and require('llm-ls.config').get().next_edits == true
    and switch.on(bufnr)
    and #require('llm-ls.review').places(bufnr) == 0
    and require('llm-ls.edit').refusal(bufnr) == nil
    and running ~= nil
    and not unknown_to[running.id]
end

---@param bufnr integer
function M._ask_soon(bufnr)
  local state = watched[bufnr]
  if not state then
    return
  end
  state.timer:stop()
  state.timer:start(
    PAUSE_MS,
    0,
    vim.schedule_wrap(function()
      if watched[bufnr] == state and M._wanted(bufnr) then
        M._ask(bufnr, state)
      end
    end)
  )
end

---@param bufnr integer
---@param state llm_ls.Watching
function M._ask(bufnr, state)
  local running = assert(client.get())
  local encoding = running.offset_encoding
  local document = {
    uri = vim.uri_from_bufnr(bufnr),
    version = vim.lsp.util.buf_versions[bufnr],
  }
  local whole =
    { start = { line = 0, character = 0 }, ['end'] = { line = vim.api.nvim_buf_line_count(bufnr), character = 0 } }
  state.cancel = client.request(METHOD, {
    textDocument = document,
    position = vim.lsp.util.make_position_params(0, encoding).position,
    diagnostics = require('llm-ls.diagnostics').within(bufnr, whole, encoding),
  }, function(err, result)
    state.cancel = nil
    if err and err.code == NOT_FOUND then
      unknown_to[running.id] = true
    end
    local edit = vim.tbl_get(result or {}, 'edits', 1)
    if edit and vim.deep_equal(edit.textDocument, document) and watched[bufnr] == state and M._wanted(bufnr) then
      M._show(bufnr, state, edit)
    end
  end, { bufnr = bufnr })
end

---@param bufnr integer
---@param edit llm_ls.NextEdit
---@return boolean whether it is for the text as it is
local function fits(bufnr, edit)
  return edit.textDocument.version == vim.lsp.util.buf_versions[bufnr]
end

---@param bufnr integer
---@param state llm_ls.Watching
---@param edit llm_ls.NextEdit
function M._show(bufnr, state, edit)
  local running = client.get()
  if not running or not fits(bufnr, edit) then
    return
  end
  M.clear(bufnr)
  local sent = { id = 'next edit', range = edit.range, newText = edit.text }
  state.edit, state.hunk = edit, require('llm-ls.review.hunks').of(bufnr, sent, running.offset_encoding)
  require('llm-ls.highlights').ensure()
  keys.take(bufnr, keys.NEXT_EDIT, M.act)
  state.hunk.tail = marks.draw(marks.NEXT_EDIT, bufnr, state.hunk)
  M._hint(bufnr)
  ---@diagnostic disable-next-line: param-type-mismatch Neovim's types know only methods of the specification.
  running:notify('textDocument/didShowInlineEdit', { item = { command = edit.command } })
end

---@param hunk llm_ls.Hunk
---@return boolean whether the cursor is at it
local function at(hunk)
  local row = vim.api.nvim_win_get_cursor(0)[1]
  local first = math.min(hunk.row + 1, vim.api.nvim_buf_line_count(0))
  return row >= first and row <= math.max(first, hunk.row + #hunk.old)
end

---Say below the next edit what the keys do; and behind the cursor where it is, as long as it is out of sight.
---@param bufnr integer
function M._hint(bufnr)
  local state = watched[bufnr]
  local hunk = state and state.hunk
  if not state or not hunk or vim.api.nvim_get_current_buf() ~= bufnr or not require('llm-ls.config').get().hint then
    return
  end
  local does = at(hunk) and 'make it' or 'go to it'
  if does ~= state.key_does then
    state.key_does = does
    marks.stand(marks.NEXT_EDIT, bufnr, assert(hunk.tail), keys.next_edit_hint('next edit', does))
  end
  M._point(bufnr, state, hunk)
end

---@param bufnr integer
---@param state llm_ls.Watching
---@param hunk llm_ls.Hunk
function M._point(bufnr, state, hunk)
  local line, cursor = hunk.row + 1, vim.api.nvim_win_get_cursor(0)[1]
  local seen = line >= vim.fn.line('w0') and line <= vim.fn.line('w$')
  if state.pointer and seen then
    vim.api.nvim_buf_del_extmark(bufnr, marks.NEXT_EDIT, state.pointer)
    state.pointer = nil
  elseif not seen then
    state.pointer = vim.api.nvim_buf_set_extmark(bufnr, marks.NEXT_EDIT, cursor - 1, 0, {
      id = state.pointer,
      virt_text = keys.next_edit_hint(
        (' next edit %s line %d'):format(line < cursor and '↑' or '↓', line),
        'go to it'
      ),
      virt_text_pos = 'eol',
    })
  end
end

---Take what is shown away, and what is asked back.
---@param bufnr integer
function M.clear(bufnr)
  local state = watched[bufnr]
  if not state then
    return
  end
  state.timer:stop()
  if state.cancel then
    state.cancel()
  end
  if state.edit then
    state.edit, state.hunk, state.key_does, state.pointer = nil, nil, nil, nil
    marks.clear(marks.NEXT_EDIT, bufnr)
    keys.give_back(bufnr)
  end
end

---Suggestions were turned on or off.
function M.refresh_all()
  for bufnr in pairs(watched) do
    if not switch.on(bufnr) then
      M.clear(bufnr)
    end
  end
end

---Whether a next edit is shown in the current buffer.
---@return boolean
function M.shown()
  return vim.tbl_get(watched, vim.api.nvim_get_current_buf(), 'edit') ~= nil
end

---@param line integer From 1.
---@return integer
local function indent_of(line)
  return #vim.fn.getbufline('%', line)[1]:match('^%s*')
end

---`:Llm next-edit`: go to it; there, make it; where none is shown, have the server find and make one.
---@param arguments llm_ls.Arguments
function M.command(arguments)
  if M.shown() then
    M.go()
  else
    require('llm-ls.operations').next_edit(arguments)
  end
end

---Go to the next edit; there, make it.
function M.go()
  local bufnr = vim.api.nvim_get_current_buf()
  local state = watched[bufnr]
  local edit, hunk = state and state.edit, state and state.hunk
  if not edit or not hunk then
    return
  end
  if not at(hunk) then
    local first = math.min(hunk.row + 1, vim.api.nvim_buf_line_count(bufnr))
    vim.cmd("normal! m'")
    local indent = indent_of(first)
    vim.api.nvim_win_set_cursor(0, { first, indent })
    return
  end
  M.clear(bufnr)
  if fits(bufnr, edit) then
    M._make(bufnr, edit)
  end
end

---@param bufnr integer
---@param edit llm_ls.NextEdit
function M._make(bufnr, edit)
  local running = client.get()
  if not running then
    return
  end
  vim.lsp.util.apply_text_edits({ { range = edit.range, newText = edit.text } }, bufnr, running.offset_encoding)
  local added = #vim.split(edit.text, '\n') - (vim.endswith(edit.text, '\n') and 2 or 1)
  local last = math.min(edit.range.start.line + 1 + math.max(added, 0), vim.api.nvim_buf_line_count(bufnr))
  local indent = indent_of(last)
  vim.api.nvim_win_set_cursor(0, { last, indent })
  M._run(bufnr, edit.command)
end

---Take the next edit away, since it is not wanted.
function M.dismiss()
  local bufnr = vim.api.nvim_get_current_buf()
  local edit = vim.tbl_get(watched, bufnr, 'edit') --[[@as llm_ls.NextEdit?]]
  M.clear(bufnr)
  if edit then
    M._run(bufnr, { title = '', command = REJECT, arguments = edit.command.arguments })
  end
end

---@param bufnr integer
---@param command lsp.Command
function M._run(bufnr, command)
  local params = { command = command.command, arguments = command.arguments }
  client.request('workspace/executeCommand', params, function() end, { bufnr = bufnr })
end

---What a key does, by its name in the option `keys`.
---@param name string
function M.act(name)
  if name == 'next_edit' then
    M.go()
  else
    M.dismiss()
  end
end

return M
