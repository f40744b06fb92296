-- What a scenario finds in the global `t`; `tests/rigs/nvim.py` says how one is played.

local play = vim.json.decode(vim.env.LLM_LS_PLAY)
local patience_ms = play.patience_ms

---Everything the server sent, in order of arrival.
t = { progress = {}, partial = {}, messages = {}, questions = {}, notifications = {} }

---What the plugin said, and the `User` events that it told.
t.said, t.events = {}, {}
if play.plugin then
  vim.notify = function(text)
    table.insert(t.said, text)
  end
  vim.api.nvim_create_autocmd('User', {
    pattern = 'LlmLs*',
    callback = function(event)
      table.insert(t.events, { name = event.match, data = event.data })
    end,
  })
  if play.settings then
    vim.lsp.config('llm_ls', { init_options = play.settings })
  end
end

---What to pick when the server or Neovim offers a choice: receives the texts, returns one of them or nil.
t.choose = function(_) end

vim.ui.select = function(items, options, on_choice)
  local texts = vim.tbl_map(options.format_item or tostring, items)
  table.insert(t.questions, { prompt = options.prompt, items = texts })
  local wanted = t.choose(texts)
  for index, text in ipairs(texts) do
    if text == wanted then
      return on_choice(items[index], index)
    end
  end
  on_choice(nil, nil)
end

---Wait until `condition` holds; fails with `what` when it does not in time.
function t.wait(what, condition)
  local ended = false
  local held = vim.wait(patience_ms, function()
    ended = t.client ~= nil and t.client:is_stopped()
    return ended or condition()
  end, 2)
  if ended and not condition() then
    error('the server ended; waited for ' .. what, 2)
  elseif not held then
    error('waited in vain for ' .. what, 2)
  end
end

---Wait for `count` (1) or more entries of a list such as `t.messages`; the last one.
function t.wait_entry(list, count)
  t.wait('an entry', function()
    return #list >= (count or 1)
  end)
  return list[#list]
end

---Open a new file with `text` in the current window.
function t.open(name, text)
  local path = vim.fs.joinpath(play.folder, name)
  local file = assert(io.open(path, 'wb'))
  file:write(text)
  file:close()
  vim.cmd.edit(vim.fn.fnameescape(path))
end

---Start the server for the current buffer and wait until it is attached; the client.
function t.attach(configuration)
  if play.plugin then
    t.wait('the server', function()
      t.client = require('llm-ls.client').get()
      return t.client and vim.lsp.buf_is_attached(0, t.client.id)
    end)
    return t.client
  end
  local id = assert(vim.lsp.start(vim.tbl_deep_extend('force', {
    name = 'llm-ls',
    cmd = play.command,
    cmd_env = play.environment,
    root_dir = play.folder,
    init_options = play.settings,
    handlers = t.handlers,
  }, configuration or {})))
  local client = assert(vim.lsp.get_client_by_id(id))
  t.client = client
  t.wait('the server', function()
    return client.initialized and vim.lsp.buf_is_attached(0, id)
  end)
  return client
end

---The text of the current buffer as the server sees it.
function t.text()
  local eol = vim.bo.fileformat == 'dos' and '\r\n' or '\n'
  return table.concat(vim.api.nvim_buf_get_lines(0, 0, -1, false), eol) .. (vim.bo.endofline and eol or '')
end

---Put the cursor on a line and column, both from 1; with a second pair, select up to and including it.
function t.select(line, column, last_line, last_column)
  vim.api.nvim_win_set_cursor(0, { line, column - 1 })
  if last_line then
    vim.cmd('normal! v')
    vim.api.nvim_win_set_cursor(0, { last_line, last_column - 1 })
    vim.cmd('normal! \27')
  end
end

---The code actions offered on the whole lines from `first` to `last`, as the server sent them.
function t.actions(client, first, last, context)
  local params = vim.lsp.util.make_given_range_params({ first, 0 }, { last or first, 1000 }, 0, client.offset_encoding)
  params.context = vim.tbl_extend('keep', context or {}, { diagnostics = {}, triggerKind = 1 })
  local answer = t.request(client, 'textDocument/codeAction', params)
  return assert(answer.result, vim.inspect(answer.err))
end

---Run the code action with that title on the given lines, as `gra` and a choice would.
function t.run_action(title, first, last)
  vim.lsp.buf.code_action({
    apply = true,
    range = { start = { first, 0 }, ['end'] = { last or first, 1000 } },
    filter = function(action)
      return action.title == title
    end,
  })
end

---Wait until the plugin shows `count` hunks in the current buffer; what it shows, from the top.
function t.hunks(count)
  local places
  t.wait(count .. ' hunks', function()
    places = require('llm-ls.review').places(vim.api.nvim_get_current_buf())
    return #places == count
  end)
  return places
end

---Wait until the server has answered all requests.
function t.idle()
  t.wait('all answers', function()
    return next(t.client.requests) == nil
  end)
end

---Press keys as a person does, with maps.
function t.press(keys)
  vim.api.nvim_feedkeys(vim.keycode(keys), 'xt', false)
end

---Send a request and wait for its answer: `{err, result}`.
function t.request(client, method, params)
  local answer = t.send(client, method, params)
  t.wait('the answer to ' .. method, function()
    return answer.done
  end)
  return answer
end

---Send a request and go on; `done` turns true when it is answered. `id` cancels it with `client:cancel_request`.
function t.send(client, method, params)
  local answer = { done = false }
  local _, id = client:request(method, params, function(err, result)
    answer.done, answer.err, answer.result = true, err, result
  end, 0)
  answer.id = id
  return answer
end

---The answer streamed on `token`: its events, and its text in one piece.
function t.streamed(token)
  local events, text = {}, {}
  for _, part in ipairs(t.partial) do
    if part.token == token then
      table.insert(events, part.value)
      if part.value.type == 'text_delta' then
        table.insert(text, part.value.text)
      end
    end
  end
  return events, table.concat(text)
end

local function recorded(method, list)
  local default = vim.lsp.handlers[method]
  return function(err, result, context)
    table.insert(list, result)
    if default then
      return default(err, result, context)
    end
  end
end

t.handlers = {
  ['$/progress'] = function(err, result, context)
    if type(result.value) == 'table' and result.value.kind then
      table.insert(t.progress, result)
      return vim.lsp.handlers['$/progress'](err, result, context)
    end
    table.insert(t.partial, result)
  end,
  ['window/showMessage'] = function(_, result)
    table.insert(t.messages, result)
  end,
  ['llm-ls/status'] = recorded('llm-ls/status', t.notifications),
}

local ok, outcome = xpcall(function()
  local result = assert(loadfile(play.scenario))()
  t.client = nil
  t.wait('the server to end', function()
    local clients = vim.lsp.get_clients() -- not those that still start
    for _, client in ipairs(clients) do
      if not client:is_stopped() then
        client:stop()
      end
    end
    return #clients == 0
  end)
  return result
end, debug.traceback)

local file = assert(io.open(play.outcome, 'wb'))
file:write(vim.json.encode(ok and { result = outcome } or {
  error = outcome,
  seen = {
    progress = t.progress,
    partial = t.partial,
    messages = t.messages,
    questions = t.questions,
    said = t.said,
  },
}))
file:close()
vim.cmd('qall!')
