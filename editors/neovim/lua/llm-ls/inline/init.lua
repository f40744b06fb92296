-- Ghost text: Neovim's own inline completion draws it; here is what that lacks.
-- It stays true to what is typed meanwhile, makes way for the popup menu, and is taken whole, by word or by line.

local offers = require('llm-ls.inline.offers')
local shown = require('llm-ls.inline.shown')
local switch = require('llm-ls.inline.switch')

local M = {}

local METHOD = 'textDocument/inlineCompletion'
local AUTOMATIC, INVOKED = 2, 1
local SOON_MS = 1000
-- Of a request that the client took back, and of one that a newer one has replaced.
local GONE = { [-32800] = true, [-32802] = true }

---@type table<integer, llm_ls.Inline?>
local kept = {}

---Whether ghost text would be seen in a buffer now.
---@param bufnr integer
---@return boolean
local function seen(bufnr)
  return vim.api.nvim_get_current_buf() == bufnr
    and vim.startswith(vim.api.nvim_get_mode().mode, 'i')
    and vim.fn.pumvisible() == 0
end

---Tells one state of the text and the cursor from another.
---@param bufnr integer
---@return string
local function moment(bufnr)
  local cursor = offers.cursor()
  return ('%d %d %d'):format(vim.api.nvim_buf_get_changedtick(bufnr), cursor.row, cursor.col)
end

---Whether this Neovim can show ghost text.
---@return boolean
function M.possible()
  return vim.lsp.inline_completion ~= nil
end

---Show the suggestions of `client` in the buffers that it is attached to from now on.
---@param client vim.lsp.Client
---@param send function Its own `request`.
function M.start(client, send)
  if not M.possible() then
    return
  end
  vim.api.nvim_create_autocmd('LspAttach', {
    group = vim.api.nvim_create_augroup('llm-ls.inline.' .. client.id, {}),
    callback = function(event)
      local file = vim.bo[event.buf].buftype == '' -- and no chat
      if file and event.data.client_id == client.id and client:supports_method(METHOD, event.buf) then
        M._attach(client, send, event.buf)
      end
    end,
  })
end

---@param client vim.lsp.Client
---@param send function
---@param bufnr integer
function M._attach(client, send, bufnr)
  local nothing = { key = '', fits = {}, index = 1, told = {} } ---@type llm_ls.ShownHere
  kept[bufnr] = { client = client, send = send, offers = {}, invoked = false, shown = nothing }
  vim.lsp.inline_completion.enable(true, { bufnr = bufnr, client_id = client.id })
  local group = vim.api.nvim_create_augroup('llm-ls.inline.buffer.' .. bufnr, {})
  ---@param events vim.api.keyset.events[]
  ---@param callback fun()
  local function on(events, callback)
    vim.api.nvim_create_autocmd(events, { group = group, buffer = bufnr, callback = callback })
  end
  on({ 'TextChangedI', 'TextChangedP', 'CursorMovedI' }, function()
    M.refresh(bufnr)
  end)
  on({ 'CompleteChanged' }, function()
    M._hide(bufnr)
  end)
  on(
    { 'CompleteDone' },
    vim.schedule_wrap(function()
      M.refresh(bufnr)
    end)
  )
  on({ 'InsertLeave', 'BufLeave', 'WinLeave' }, function()
    M._clear(bufnr)
  end)
  vim.api.nvim_create_autocmd({ 'LspDetach', 'BufUnload' }, {
    group = group,
    buffer = bufnr,
    callback = function(event)
      if event.event == 'BufUnload' or event.data.client_id == client.id then
        kept[bufnr] = nil
        M._detach(client, bufnr)
      end
    end,
  })
end

---Neovim 0.12.4 forgets a client that ends only where inline completion is on for the whole buffer; here it is on for
---one client, so as not to turn on that of others.
---@param client vim.lsp.Client
---@param bufnr integer
function M._detach(client, bufnr)
  local found, capability = pcall(require, 'vim.lsp._capability')
  local completor = found and vim.tbl_get(capability --[[@as table]], 'all', 'inline_completion', 'active', bufnr)
  if completor and completor.client_state[client.id] then
    completor:on_detach(client.id)
    if next(completor.client_state) == nil then
      completor:destroy()
    end
  end
end

---The request that Neovim sends after each pause: sent only where its answer would be shown.
---@param client vim.lsp.Client
---@param method string
---@param handler lsp.Handler
---@param bufnr integer
---@return boolean whether it is such a request, and seen to
function M.requested(client, method, handler, bufnr)
  local state = kept[bufnr]
  if method ~= METHOD or not state or state.client ~= client then
    return false
  end
  state.hand_over = function(items)
    local context = { client_id = client.id, bufnr = bufnr, method = METHOD }
    if not pcall(handler, nil, { items = items }, context) then -- `vim.lsp.inline_completion.enable(false)` was called
      state.hand_over = nil
    end
  end
  if state.wished then
    M.step(state.wished)
  elseif seen(bufnr) and switch.on(bufnr) then
    local now = moment(bufnr)
    local under_way = state.pending and state.pending.moment == now
    if state.dismissed ~= now and not under_way and #M.refresh(bufnr) == 0 then
      M._ask(bufnr, AUTOMATIC)
    end
  end
  return true
end

---@param bufnr integer
---@param kind integer
---@param on_answer? fun()
function M._ask(bufnr, kind, on_answer)
  local state = assert(kept[bufnr])
  M._cancel(state)
  local asked, client = offers.cursor(), state.client
  local pending = { moment = moment(bufnr) } ---@type {id?: integer, moment: string}
  state.pending = pending
  local params = {
    textDocument = vim.lsp.util.make_text_document_params(bufnr),
    position = vim.lsp.util.make_position_params(0, client.offset_encoding).position,
    context = { triggerKind = kind },
  }
  local _, id = state.send(client, METHOD, params, function(err, result)
    if state.pending ~= pending then
      return
    end
    state.pending = nil
    if err then
      if kind == INVOKED and not GONE[err.code] then
        require('llm-ls.say').error(err.message)
      end
      return
    end
    state.offers, state.invoked = {}, kind == INVOKED
    for _, item in ipairs(result and (result.items or result) or {}) do
      table.insert(state.offers, offers.of(item, asked, client.offset_encoding))
    end
    M.refresh(bufnr)
    if on_answer then
      on_answer()
    end
  end, bufnr)
  pending.id = id
end

---@param state llm_ls.Inline
function M._cancel(state)
  local pending = state.pending
  state.pending = nil
  if pending and pending.id and not state.client:is_stopped() then
    state.client:cancel_request(pending.id)
  end
end

---Show what still fits the text, and nothing else.
---@param bufnr integer
---@return llm_ls.Fit[]
function M.refresh(bufnr)
  local state, fits = kept[bufnr], {}
  if state and seen(bufnr) and (state.invoked or switch.on(bufnr)) then
    local cursor = offers.cursor()
    for _, offer in ipairs(state.offers) do
      local rest = offers.rest(offer, bufnr, cursor)
      if rest then
        table.insert(fits, { offer = offer, rest = rest })
      end
    end
  end
  if state then
    shown.show(bufnr, state, fits)
  end
  return fits
end

---Do so everywhere, since suggestions were turned on or off.
function M.refresh_all()
  for bufnr in pairs(kept) do
    M.refresh(bufnr)
  end
end

---@param bufnr integer
function M._hide(bufnr)
  local state = kept[bufnr]
  if state then
    shown.show(bufnr, state, {})
  end
end

---@param bufnr integer
function M._clear(bufnr)
  local state = kept[bufnr]
  if state then
    M._cancel(state)
    state.offers, state.invoked, state.wished = {}, false, nil
    state.shown.told, state.shown.chosen = {}, nil
    shown.show(bufnr, state, {})
  end
end

---Whether ghost text is shown in the current buffer.
---@return boolean
function M.shown()
  return #M.refresh(vim.api.nvim_get_current_buf()) > 0
end

---Take the suggestion that is shown, or a part of it; whether there was one.
---@param part 'all'|'word'|'line'
---@return boolean
function M.accept(part)
  local bufnr = vim.api.nvim_get_current_buf()
  local state, fits = kept[bufnr], M.refresh(bufnr)
  if not state or #fits == 0 then
    return false
  end
  local over, chosen = false, nil ---@type boolean, vim.lsp.inline_completion.Item?
  vim.lsp.inline_completion.get({
    bufnr = bufnr,
    on_accept = function(item)
      chosen = item
      return item.client_id ~= state.client.id and item or nil
    end,
  })
  vim.schedule(function()
    over = true
  end)
  vim.wait(SOON_MS, function() -- so that what is typed next comes after it
    return over
  end, 1)
  for _, fit in ipairs(fits) do
    if chosen and chosen.client_id == state.client.id and chosen.insert_text == fit.rest then
      M._take(bufnr, fit, offers[part](fit.rest))
      return true
    end
  end
  return chosen ~= nil
end

---@param bufnr integer
---@param fit llm_ls.Fit
---@param text string
function M._take(bufnr, fit, text)
  local state, offer, cursor = assert(kept[bufnr]), fit.offer, offers.cursor()
  local whole, lines = text == fit.rest, vim.split(text, '\n')
  local last = cursor.col + (whole and offer.over or 0)
  vim.api.nvim_buf_set_text(bufnr, cursor.row, cursor.col, cursor.row, last, lines)
  local column = (#lines == 1 and cursor.col or 0) + #lines[#lines]
  vim.api.nvim_win_set_cursor(0, { cursor.row + #lines, column })
  if whole then
    state.offers = {}
    if offer.item.command then
      state.client:exec_cmd(offer.item.command, { bufnr = bufnr })
    end
    return
  end
  local length = offers.accepted_length(offer, fit.rest:sub(#text + 1))
  ---@diagnostic disable-next-line: param-type-mismatch Neovim's types know only methods of the specification.
  state.client:notify('textDocument/didPartiallyAcceptCompletion', { item = offer.item, acceptedLength = length })
  state.shown.chosen = offer
  M.refresh(bufnr)
end

---Show another suggestion; where only one is known, or none, several are asked for.
---@param count 1|-1
function M.step(count)
  local bufnr = vim.api.nvim_get_current_buf()
  local state, before = kept[bufnr], M.refresh(bufnr)
  if not state or not seen(bufnr) then
    return
  end
  state.wished = not state.hand_over and count or nil
  if state.wished then
    return
  elseif state.invoked and #before > 1 then
    shown.step(bufnr, state, count)
    return
  end
  M._ask(bufnr, INVOKED, function()
    local first = before[1]
    local after = first and M._keep(bufnr, state, first) or M.refresh(bufnr)
    if first and #after > 1 then
      shown.step(bufnr, state, count)
    elseif #after <= #before then
      require('llm-ls.say').info(#after == 0 and 'there is no suggestion' or 'there is no other suggestion')
    end
  end)
end

---Leave the suggestion that was shown before others were asked for among them, as the first.
---@param bufnr integer
---@param state llm_ls.Inline
---@param first llm_ls.Fit
---@return llm_ls.Fit[]
function M._keep(bufnr, state, first)
  state.offers = vim.tbl_filter(function(offer)
    return offer.text ~= first.rest
  end, state.offers)
  table.insert(state.offers, 1, first.offer)
  return M.refresh(bufnr)
end

---Take ghost text away until something is typed.
function M.dismiss()
  local bufnr = vim.api.nvim_get_current_buf()
  local state, fits = kept[bufnr], M.refresh(bufnr)
  if not state then
    return
  end
  local ids = {}
  for _, fit in ipairs(fits) do
    table.insert(ids, vim.tbl_get(fit.offer.item, 'command', 'arguments', 1))
  end
  M._clear(bufnr)
  state.dismissed = moment(bufnr)
  if ids[1] then
    require('llm-ls.client').request('notifyRejected', { uuids = ids }, function() end, { bufnr = bufnr })
  end
end

return M
