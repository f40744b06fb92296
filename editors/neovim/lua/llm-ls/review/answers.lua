-- What the user does with an edit under review: walk its hunks, accept them, reject them.

local client = require('llm-ls.client')
local review = require('llm-ls.review')
local say = require('llm-ls.say')

local M = {}

---@type {bufnr?: integer, id: string}? What is being accepted; without a buffer, in all its files.
local landing
---@type table<integer, {id: string, tick: integer}> The last edit that landed in a buffer, and the text's state then.
local landed = {}

---@return llm_ls.Place?
local function current()
  local place = review.current(vim.api.nvim_get_current_buf())
  if not place then
    local elsewhere = review.all()[1]
    say.info(elsewhere and 'no edit is under review in this buffer; :Llm next goes to one' or 'no edit is under review')
  end
  return place
end

---Whether the edit that is about to be made belongs in one undo with the one before.
---@param bufnr integer
---@return boolean
function M.joins(bufnr)
  local before = landed[bufnr]
  return landing ~= nil
    and (landing.bufnr or bufnr) == bufnr
    and before ~= nil
    and before.id == landing.id
    and before.tick == vim.api.nvim_buf_get_changedtick(bufnr)
end

---An edit of the server has been made in a buffer.
---@param bufnr integer
function M.made(bufnr)
  if landing and (landing.bufnr or bufnr) == bufnr then
    landed[bufnr] = { id = landing.id, tick = vim.api.nvim_buf_get_changedtick(bufnr) }
  end
end

---@param method string
---@param bufnr integer
---@param id string Of a proposal, or of all that belong together.
---@param hunks? string[]
local function answer(method, bufnr, id, hunks)
  local whole, several = id, true
  for _, entry in ipairs(review.all()) do
    if entry.proposal.id == id then
      whole, several = review.whole_id(entry.proposal), false
    end
  end
  local mine = method == 'llm-ls/acceptProposal' and { bufnr = not several and bufnr or nil, id = whole } or nil
  landing = mine or landing
  client.request(method, { id = id, hunks = hunks }, function(err)
    if landing == mine then
      landing = nil
    end
    if err and vim.tbl_get(err, 'data', 'kind') == 'not_found' then
      for _, entry in ipairs(review.all()) do
        if vim.list_contains({ entry.proposal.id, review.whole_id(entry.proposal) }, id) then
          review.forget(entry.proposal.id)
        end
      end
    end
    if err then
      client.say(err)
    elseif hunks then
      M._go_on(bufnr)
    end
  end, { bufnr = bufnr })
end

---Put the cursor on the hunk that comes next, once one is answered.
---@param bufnr integer
function M._go_on(bufnr)
  local place = review.current(bufnr)
  if place and vim.api.nvim_get_current_buf() == bufnr and vim.fn.mode() == 'n' then
    M._go(bufnr, place.hunk)
  end
end

---@param bufnr integer
---@param id string
---@param hunks? string[]
function M.accept_hunks(bufnr, id, hunks)
  local refusal = require('llm-ls.edit').refusal(bufnr)
  if refusal and not require('llm-ls.review.files').is_draft(bufnr) then
    say.error(refusal .. '; the edit waits')
    return
  end
  answer('llm-ls/acceptProposal', bufnr, id, hunks)
end

function M.accept()
  local place = current()
  if place then
    local hunks = not place.hunk.whole and { place.hunk.id } or nil
    M.accept_hunks(vim.api.nvim_get_current_buf(), place.id, hunks)
  end
end

---The edit in a buffer of which nothing fits any more.
---@param bufnr integer
---@return string? id
local function misfit(bufnr)
  for _, entry in ipairs(review.all()) do
    if entry.bufnr == bufnr and #entry.hunks == 0 then
      return entry.proposal.id
    end
  end
end

function M.reject()
  local bufnr = vim.api.nvim_get_current_buf()
  local place = review.current(bufnr)
  local id = place and place.id or misfit(bufnr)
  if id then
    local hunks = place and not place.hunk.whole and { place.hunk.id } or nil
    answer('llm-ls/rejectProposal', bufnr, id, hunks)
  else
    current()
  end
end

---The edit at the cursor, else the one that has no place left in this buffer, else the only one there is.
---@param bufnr integer
---@return llm_ls.Proposal?
local function meant(bufnr)
  local proposal = review.current_proposal(bufnr)
  local wholes = {} ---@type table<string, llm_ls.Proposal>
  for _, entry in ipairs(review.all()) do
    if not proposal and entry.bufnr == bufnr then
      proposal = entry.proposal
    end
    wholes[review.whole_id(entry.proposal)] = entry.proposal
  end
  local id, only = next(wholes)
  return proposal or (id and next(wholes, id) == nil and only or nil)
end

---Accept an edit with all that belongs to it, in whatever files.
function M.accept_all()
  local bufnr = vim.api.nvim_get_current_buf()
  local proposal = meant(bufnr)
  if not proposal then
    current()
  elseif proposal.changeSet then
    answer('llm-ls/acceptProposal', bufnr, proposal.changeSet.id)
  else
    M.accept_hunks(require('llm-ls.review.files').buffer(proposal), proposal.id)
  end
end

function M.reject_all()
  local bufnr = vim.api.nvim_get_current_buf()
  local proposal = meant(bufnr)
  if proposal then
    answer('llm-ls/rejectProposal', bufnr, review.whole_id(proposal))
  else
    current()
  end
end

---@param method string
local function answer_file(method)
  local bufnr = vim.api.nvim_get_current_buf()
  local place = review.current(bufnr)
  local id = place and place.id or misfit(bufnr)
  if id then
    answer(method, bufnr, id)
  else
    current()
  end
end

---@param bufnr integer
---@param hunk llm_ls.Hunk
function M._go(bufnr, hunk)
  local loaded = package.loaded['llm-ls.chat']
  local chat = loaded and loaded.of(vim.api.nvim_get_current_buf())
  local beside = chat and require('llm-ls.chat.window').source(chat)
  if beside then
    vim.api.nvim_set_current_win(beside)
  elseif chat then
    vim.cmd('aboveleft split')
  end
  if vim.api.nvim_get_current_buf() ~= bufnr then
    vim.cmd.buffer(bufnr)
  end
  local row = math.min(hunk.row + 1, vim.api.nvim_buf_line_count(bufnr))
  local column = (vim.api.nvim_buf_get_lines(bufnr, row - 1, row, false)[1] or ''):match('^%s*')
  vim.api.nvim_win_set_cursor(0, { row, #column })
end

---Go `step` hunks on; past the last one of this buffer, to the next buffer that has any.
---@param step 1|-1
local function walk(step)
  local bufnr = vim.api.nvim_get_current_buf()
  local row = vim.api.nvim_win_get_cursor(0)[1] - 1
  local all = {} ---@type integer[]
  for _, entry in ipairs(review.all()) do
    if #entry.hunks > 0 and not vim.list_contains(all, entry.bufnr) then
      table.insert(all, entry.bufnr)
    end
  end
  if #all == 0 then
    say.info(review.all()[1] and 'no hunk under review fits any more' or 'no edit is under review')
    return
  end
  local places = review.places(bufnr)
  for number = step > 0 and 1 or #places, step > 0 and #places or 1, step do
    local first = math.min(places[number].hunk.row, vim.api.nvim_buf_line_count(bufnr) - 1)
    if (step > 0 and first > row) or (step < 0 and first < row) then
      M._go(bufnr, places[number].hunk)
      return
    end
  end
  local at = 0
  for number, other in ipairs(all) do
    at = other == bufnr and number or at
  end
  local other = assert(all[(at - 1 + step) % #all + 1])
  local others = review.places(other)
  if #others > 0 then
    vim.cmd("normal! m'")
    M._go(other, others[step > 0 and 1 or #others].hunk)
  end
end

function M.next()
  walk(1)
end

function M.prev()
  walk(-1)
end

---@param arguments llm_ls.Arguments
function M.accept_command(arguments)
  if arguments.words[1] == 'all' then
    M.accept_all()
  elseif arguments.words[1] == 'file' then
    answer_file('llm-ls/acceptProposal')
  else
    M.accept()
  end
end

---@param arguments llm_ls.Arguments
function M.reject_command(arguments)
  if arguments.words[1] == 'all' then
    M.reject_all()
  elseif arguments.words[1] == 'file' then
    answer_file('llm-ls/rejectProposal')
  else
    M.reject()
  end
end

---@param lead string
---@return string[]
function M.complete(lead)
  return vim.tbl_filter(function(word)
    return vim.startswith(word, lead)
  end, { 'all', 'file' })
end

return M
