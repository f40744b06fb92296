-- What the user does with an edit under review: walk its hunks, accept them, reject them.

local client = require('llm-ls.client')
local review = require('llm-ls.review')
local say = require('llm-ls.say')

local M = {}

---@type {bufnr: integer, id: string}? What is being accepted.
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
    and landing.bufnr == bufnr
    and before ~= nil
    and before.id == landing.id
    and before.tick == vim.api.nvim_buf_get_changedtick(bufnr)
end

---An edit of the server has been made in a buffer.
---@param bufnr integer
function M.made(bufnr)
  if landing and landing.bufnr == bufnr then
    landed[bufnr] = { id = landing.id, tick = vim.api.nvim_buf_get_changedtick(bufnr) }
  end
end

---@param method string
---@param bufnr integer
---@param id string
---@param hunks? string[]
local function answer(method, bufnr, id, hunks)
  local mine = method == 'llm-ls/acceptProposal' and { bufnr = bufnr, id = id } or nil
  landing = mine or landing
  client.request(method, { id = id, hunks = hunks }, function(err)
    if landing == mine then
      landing = nil
    end
    if err and vim.tbl_get(err, 'data', 'kind') == 'not_found' then
      review.forget(id)
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
  if refusal then
    say.error(refusal .. '; the edit waits')
    return
  end
  answer('llm-ls/acceptProposal', bufnr, id, hunks)
end

function M.accept()
  local place = current()
  if place then
    M.accept_hunks(vim.api.nvim_get_current_buf(), place.id, { place.hunk.id })
  end
end

function M.reject()
  local place = current()
  if place then
    answer('llm-ls/rejectProposal', vim.api.nvim_get_current_buf(), place.id, { place.hunk.id })
  end
end

function M.accept_all()
  local place = current()
  if place then
    M.accept_hunks(vim.api.nvim_get_current_buf(), place.id)
  end
end

function M.reject_all()
  local bufnr = vim.api.nvim_get_current_buf()
  local id = review.current_id(bufnr)
  for _, entry in ipairs(review.all()) do
    if not id and entry.bufnr == bufnr then
      id = entry.proposal.id
    end
  end
  if id then
    answer('llm-ls/rejectProposal', bufnr, id)
  else
    current()
  end
end

---@param bufnr integer
---@param hunk llm_ls.Hunk
function M._go(bufnr, hunk)
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
    if not vim.list_contains(all, entry.bufnr) then
      table.insert(all, entry.bufnr)
    end
  end
  if #all == 0 then
    say.info('no edit is under review')
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
  else
    M.accept()
  end
end

---@param arguments llm_ls.Arguments
function M.reject_command(arguments)
  if arguments.words[1] == 'all' then
    M.reject_all()
  else
    M.reject()
  end
end

---@param lead string
---@return string[]
function M.complete(lead)
  return vim.startswith('all', lead) and { 'all' } or {}
end

return M
