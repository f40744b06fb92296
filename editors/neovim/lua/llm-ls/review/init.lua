-- Edits under review: which are pending, where their hunks lie, and what the user says to them.
-- The server says where hunks are; here they are drawn, walked and answered.

local client = require('llm-ls.client')
local events = require('llm-ls.events')
local files = require('llm-ls.review.files')
local hunk_lines = require('llm-ls.review.hunks')
local keys = require('llm-ls.review.keys')
local marks = require('llm-ls.review.marks')
local misfits = require('llm-ls.review.misfits')
local say = require('llm-ls.say')

local M = {}

local DEBOUNCE_MS = 120

---@class llm_ls.Shown
---@field proposal llm_ls.Proposal
---@field bufnr integer
---@field hunks llm_ls.Hunk[]

---@class llm_ls.Watched What is kept for a buffer with an edit under review.
---@field timer uv.uv_timer_t
---@field hidden? boolean
---@field hint? string Which hunk names the keys, and as which of how many.
---@field hinted? llm_ls.Tail

---@class llm_ls.Place A hunk and the edit it belongs to.
---@field id string
---@field hunk llm_ls.Hunk

---@type table<string, llm_ls.Shown?>
local shown = {}
---@type table<integer, llm_ls.Watched?>
local watched = {}
---@type table<integer, true?> Buffers whose next proposal is accepted unseen.
local unseen = {}
---@type table<string, true?> Files that were closed with an edit pending.
local waiting = {}

---@param uri string
---@return integer
function M.buffer_of(uri)
  for _, bufnr in ipairs(vim.api.nvim_list_bufs()) do
    if vim.api.nvim_buf_is_loaded(bufnr) and vim.bo[bufnr].buftype == '' and vim.uri_from_bufnr(bufnr) == uri then
      return bufnr
    end
  end
  local bufnr = vim.uri_to_bufnr(uri)
  vim.fn.bufload(bufnr)
  vim.bo[bufnr].buflisted = true
  return bufnr
end

---@param bufnr integer
---The hunks of a buffer, from its top.
---@return llm_ls.Place[]
function M.places(bufnr)
  local places = {}
  for id, entry in pairs(shown) do
    if entry.bufnr == bufnr then
      for _, hunk in ipairs(entry.hunks) do
        table.insert(places, { id = id, hunk = hunk })
      end
    end
  end
  table.sort(places, function(a, b)
    return a.hunk.row < b.hunk.row or (a.hunk.row == b.hunk.row and a.id < b.id)
  end)
  return places
end

---All, in the order of their buffers.
---@return llm_ls.Shown[]
function M.all()
  local all = {} ---@type llm_ls.Shown[]
  for _, entry in pairs(shown) do
    table.insert(all, entry)
  end
  table.sort(all, function(a, b)
    return a.bufnr < b.bufnr or (a.bufnr == b.bufnr and a.proposal.id < b.proposal.id)
  end)
  return all
end

---The hunk that the keys act on: the one at the cursor, else the nearest. And which of how many it is.
---@param bufnr integer
---@return llm_ls.Place?
---@return integer number
---@return integer count
function M.current(bufnr)
  local window = vim.api.nvim_get_current_buf() == bufnr and 0 or vim.fn.bufwinid(bufnr)
  local row = window ~= -1 and vim.api.nvim_win_get_cursor(window)[1] - 1 or 0
  local places, nearest, distance = M.places(bufnr), 0, math.huge
  for number, place in ipairs(places) do
    local first = place.hunk.row
    local last = math.max(first, first + #place.hunk.old - 1)
    local away = row < first and first - row or math.max(0, row - last)
    if away < distance then
      nearest, distance = number, away
    end
  end
  return places[nearest], nearest, #places
end

---What all of an edit is called, which may be of several files.
---@param proposal llm_ls.Proposal
---@return string
function M.whole_id(proposal)
  return proposal.changeSet and proposal.changeSet.id or proposal.id
end

---The edit that the keys act on.
---@param bufnr integer
---@return llm_ls.Proposal?
function M.current_proposal(bufnr)
  local place = M.current(bufnr)
  return place and assert(shown[place.id]).proposal
end

---Show a proposal as the server has it now; one that changes nothing is pending no more.
---@param proposal llm_ls.Proposal
function M.show(proposal)
  local failed = proposal.failedHunks or {}
  if #proposal.hunks == 0 and #failed == 0 and not proposal.operation then
    M.forget(proposal.id)
    return
  end
  local bufnr = files.buffer(proposal)
  local state = shown[proposal.id] and 'changed' or 'new'
  if unseen[bufnr] and state == 'new' then
    unseen[bufnr] = nil
    require('llm-ls.review.answers').accept_hunks(bufnr, proposal.id)
    return
  end
  misfits.note(proposal, shown[proposal.id] and shown[proposal.id].hunks)
  M._place(proposal, bufnr)
  M.draw(bufnr)
  if state == 'new' then
    files.announce(proposal, bufnr)
  end
  events.emit('LlmLsProposal', { state = state, proposal = proposal, bufnr = bufnr })
  require('llm-ls.review.quickfix').update()
end

---@param proposal llm_ls.Proposal
---@param bufnr integer
function M._place(proposal, bufnr)
  local entry = { proposal = proposal, bufnr = bufnr, hunks = {} }
  shown[proposal.id] = entry
  M._watch(bufnr)
  local ready, version = client.get(), vim.lsp.util.buf_versions[bufnr]
  local file = files.hunk(proposal)
  if file or not ready then
    entry.hunks = { file }
    return
  elseif proposal.version and version and proposal.version ~= version then
    M._refresh_soon(bufnr)
    return
  end
  for _, sent in ipairs(proposal.hunks) do
    local hunk = hunk_lines.of(bufnr, sent, ready.offset_encoding)
    hunk.whole = files.is_whole(proposal)
    table.insert(entry.hunks, hunk)
  end
end

---@param bufnr integer
function M.draw(bufnr)
  marks.clear(marks.REVIEW, bufnr)
  local kept = watched[bufnr]
  if not kept then
    return
  end
  kept.hint, kept.hinted = nil, nil
  local places = M.places(bufnr)
  if #places == 0 then
    keys.give_back(bufnr)
  else
    require('llm-ls.next_edit').clear(bufnr)
    keys.take(bufnr, keys.REVIEW, M.act)
  end
  if kept.hidden then
    return
  end
  require('llm-ls.highlights').ensure()
  for _, place in ipairs(places) do
    place.hunk.tail = marks.draw(marks.REVIEW, bufnr, place.hunk)
  end
  M._hint(bufnr)
end

---@param bufnr integer
function M._hint(bufnr)
  local kept = watched[bufnr]
  if not kept or kept.hidden or not require('llm-ls.config').get().hint then
    return
  end
  local place, number, count = M.current(bufnr)
  if not place then
    return
  end
  local name = ('%s/%s/%d/%d'):format(place.id, place.hunk.id, number, count)
  if kept.hint ~= name then
    if kept.hinted then
      marks.stand(marks.REVIEW, bufnr, kept.hinted)
    end
    kept.hint, kept.hinted = name, place.hunk.tail
    local proposal = assert(shown[place.id]).proposal
    local hint = keys.hint({
      number = number,
      count = count,
      failed = #(proposal.failedHunks or {}),
      files = proposal.changeSet and #proposal.changeSet.files or 1,
      does = files.label(proposal),
    })
    marks.stand(marks.REVIEW, bufnr, assert(place.hunk.tail), hint)
  end
end

---Hide or show the marks of a buffer, while it is shown as a diff.
---@param bufnr integer
---@param hidden boolean
function M.hide(bufnr, hidden)
  if watched[bufnr] then
    watched[bufnr].hidden = hidden or nil
    M.draw(bufnr)
  end
end

---@param bufnr integer
function M._watch(bufnr)
  if watched[bufnr] then
    return
  end
  local kept = { timer = assert(vim.uv.new_timer()) }
  watched[bufnr] = kept
  vim.api.nvim_create_autocmd({ 'CursorMoved', 'BufWinEnter' }, {
    group = vim.api.nvim_create_augroup('llm-ls.review.' .. bufnr, {}),
    buffer = bufnr,
    callback = function(event)
      if event.event == 'BufWinEnter' then -- the lines above the first one are to be scrolled into this window
        kept.hint = nil
      end
      M._hint(bufnr)
    end,
  })
  local function changed()
    if watched[bufnr] ~= kept then
      return true
    end
    M._refresh_soon(bufnr)
  end
  vim.api.nvim_buf_attach(bufnr, false, {
    on_lines = changed,
    on_reload = changed,
    on_detach = vim.schedule_wrap(function()
      if watched[bufnr] == kept then
        M._forget_buffer(bufnr)
      end
    end),
  })
end

---@param bufnr integer
function M._unwatch(bufnr)
  local kept = watched[bufnr]
  if kept then
    watched[bufnr] = nil
    kept.timer:stop()
    kept.timer:close()
    vim.api.nvim_del_augroup_by_name('llm-ls.review.' .. bufnr)
    marks.clear(marks.REVIEW, bufnr)
    keys.give_back(bufnr)
  end
end

---@param bufnr integer
function M._refresh_soon(bufnr)
  local kept = watched[bufnr]
  if kept then
    kept.timer:stop()
    kept.timer:start(
      DEBOUNCE_MS,
      0,
      vim.schedule_wrap(function()
        if watched[bufnr] == kept and vim.api.nvim_buf_is_loaded(bufnr) and not files.is_draft(bufnr) then
          M.refresh(bufnr)
        end
      end)
    )
  end
end

---Ask the server what is pending in a buffer, and where.
---@param bufnr integer
function M.refresh(bufnr)
  local uri = vim.uri_from_bufnr(bufnr)
  client.request('llm-ls/listProposals', { uri = uri }, function(err, proposals)
    if err or not vim.api.nvim_buf_is_loaded(bufnr) then
      return
    end
    local pending = {}
    for _, proposal in ipairs(proposals) do
      pending[proposal.id] = true
      M.show(proposal)
    end
    for id, entry in pairs(vim.tbl_extend('force', {}, shown)) do
      if entry.bufnr == bufnr and not pending[id] then
        M.forget(id)
      end
    end
  end, { bufnr = bufnr })
end

---Take away what is shown of an edit.
---@param id string
function M.forget(id)
  local entry = shown[id]
  shown[id] = nil
  misfits.forget(id)
  if not entry then
    return
  end
  local left = vim.tbl_filter(function(other)
    return other.bufnr == entry.bufnr
  end, M.all())
  if #left > 0 then
    M.draw(entry.bufnr)
  else
    M._unwatch(entry.bufnr)
  end
  files.settle(entry.proposal)
  events.emit('LlmLsProposal', { state = 'gone', proposal = entry.proposal, bufnr = entry.bufnr })
  require('llm-ls.review.quickfix').update()
end

---@param bufnr integer
function M._forget_buffer(bufnr)
  for id, entry in pairs(vim.tbl_extend('force', {}, shown)) do
    if entry.bufnr == bufnr then
      waiting[entry.proposal.uri] = true
      M.forget(id)
    end
  end
  if next(waiting) then
    M._wait_for_buffers()
  end
end

---Show what was pending in a file when it was closed, once it is open again.
function M._wait_for_buffers()
  vim.api.nvim_create_autocmd('LspAttach', {
    group = vim.api.nvim_create_augroup('llm-ls.review.waiting', {}),
    callback = function(event)
      local uri = vim.uri_from_bufnr(event.buf)
      local ready = client.get()
      if waiting[uri] and ready and ready.id == event.data.client_id then
        waiting[uri] = nil
        M.refresh(event.buf)
      end
    end,
  })
end

---The server has ended, and with it what was pending.
function M.server_gone()
  local any = next(shown) ~= nil
  for id in pairs(vim.tbl_extend('force', {}, shown)) do
    M.forget(id)
  end
  waiting, unseen = {}, {}
  if any and vim.v.exiting == vim.NIL then
    say.warn('the server has ended, and the edit under review with it; ask again')
  end
end

---Accept the next edit of a buffer without showing it, as `:Llm! fix` does. Returns a function that takes that back.
---@param bufnr integer
---@return fun()
function M.accept_next(bufnr)
  unseen[bufnr] = true
  return function()
    unseen[bufnr] = nil
  end
end

---What a key does in the current buffer, by its name in the option `keys`.
---@param name string
function M.act(name)
  local act = require('llm-ls.review.answers')[name] --[[@as fun()]]
  act()
end

return M
