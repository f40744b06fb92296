-- Which model answers: chosen from a list that says what each can read and costs, or named.

local client = require('llm-ls.client')
local say = require('llm-ls.say')

local M = {}

---@class llm_ls.Model
---@field id string Such as `openai/gpt-test`.
---@field name string
---@field provider string
---@field contextWindow? integer
---@field cost? {inputPerMTok: number, outputPerMTok: number}
---@field deprecated boolean
---@field successor? string

local TIERS = { 'best', 'mid', 'fast' }

---@type llm_ls.Model[]? Those that the server listed last.
local listed
local listing = false

---@param count integer
---@return string
local function tokens(count)
  if count >= 1000000 then
    return ('%gM'):format(math.floor(count / 100000) / 10)
  end
  return ('%dk'):format(math.floor(count / 1000))
end

---@param usd number
---@return string
local function price(usd)
  return usd == 0 and '0' or ('%.2f'):format(usd):gsub('%.00$', '')
end

---A model in one line.
---@param model llm_ls.Model
---@param width integer Of the ids.
---@return string
function M.line(model, width)
  local parts = { model.id .. (' '):rep(width - vim.fn.strdisplaywidth(model.id)) }
  local context = model.contextWindow and tokens(model.contextWindow) or ''
  table.insert(parts, ('%6s'):format(context))
  local cost = model.cost
  if cost and cost.inputPerMTok == 0 and cost.outputPerMTok == 0 then
    table.insert(parts, 'free')
  elseif cost then
    table.insert(parts, ('$%s in, $%s out'):format(price(cost.inputPerMTok), price(cost.outputPerMTok)))
  end
  if model.deprecated then
    table.insert(parts, model.successor and ('deprecated, use ' .. model.successor) or 'deprecated')
  end
  return (table.concat(parts, '  '):gsub('%s+$', ''))
end

---Ask the server for its models.
---@param callback fun(models: llm_ls.Model[])
local function list(callback)
  listing = true
  client.request('llm-ls/listModels', vim.empty_dict(), function(err, result)
    listing = false
    if err then
      client.say(err)
      return
    end
    listed = result
    callback(result)
  end)
end

---@param name string
---@param chat? llm_ls.chat.Chat
local function use(name, chat)
  if chat then
    chat.model = name
    vim.cmd.redrawstatus({ bang = true })
    return
  end
  client.command('llm-ls.selectModel', { model = name })
end

---@param models llm_ls.Model[]
---@param chat? llm_ls.chat.Chat
local function choose(models, chat)
  if not models[1] then
    say.warn('no provider is set up; :checkhealth llm-ls shows what was looked for')
    return
  end
  local width = 0
  for _, model in ipairs(models) do
    width = math.max(width, vim.fn.strdisplaywidth(model.id))
  end
  vim.ui.select(models, {
    prompt = chat and 'Model of this chat (tokens it can read, $ per million tokens)'
      or 'Model (tokens it can read, $ per million tokens)',
    kind = 'llm_model',
    format_item = function(model)
      return M.line(model, width)
    end,
  }, function(model)
    if model then
      use(model.id, chat)
    end
  end)
end

---`:Llm model [name]`: of this chat if it is one, else of all that is asked from now on.
---@param arguments llm_ls.Arguments
function M.command(arguments)
  local loaded = package.loaded['llm-ls.chat']
  local chat = loaded and loaded.of(arguments.bufnr)
  if arguments.text ~= '' then
    use(arguments.text, chat)
  else
    list(function(models)
      choose(models, chat)
    end)
  end
end

---What could follow on the command line. The list is fetched meanwhile, so that the next key press has it.
---@param lead string
---@return string[]
function M.complete(lead)
  local names = vim.deepcopy(TIERS)
  for _, model in ipairs(listed or {}) do
    table.insert(names, model.id)
  end
  if not listed and not listing then
    list(function() end)
  end
  return vim.tbl_filter(function(name)
    return vim.startswith(name, lead) or (name:find('/' .. lead, 1, true) ~= nil)
  end, names)
end

return M
