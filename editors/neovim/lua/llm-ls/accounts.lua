-- Keys and sign-ins: `:Llm key`, `:Llm signin`, `:Llm signout`.

local client = require('llm-ls.client')
local say = require('llm-ls.say')

local M = {}

local WAIT_MS = 3000

---The providers whose names begin with `lead`; none while the server does not run.
---@param lead string
---@return string[]
function M.complete(lead)
  local running = client.get()
  ---@diagnostic disable-next-line: param-type-mismatch Neovim's types know only methods of the specification.
  local answer = running and running:request_sync('llm-ls/listProviders', vim.empty_dict(), WAIT_MS)
  local names = {}
  for _, provider in ipairs(answer and answer.result or {}) do
    if vim.startswith(provider.id, lead) then
      table.insert(names, provider.id)
    end
  end
  return names
end

---Send a key so that it is in no log: Neovim writes what it sends to its own at the levels trace and debug.
---@param provider string
---@param key string
local function send(provider, key)
  local log = vim.lsp.log
  local level = log.get_level()
  log.set_level(math.max(level, vim.log.levels.INFO))
  client.request('llm-ls/saveApiKey', { provider = provider, apiKey = key }, function(err, result)
    if err then
      client.say(err)
      return
    end
    local place = result.store == 'keyring' and 'in the keyring'
      or ('in a file that only you can read, %s'):format(result.encrypted and 'encrypted' or 'not encrypted')
    say.info(('the key of %s is kept %s'):format(provider, place))
  end)
  log.set_level(level)
end

---`:Llm key PROVIDER`
---@param arguments llm_ls.Arguments
function M.key(arguments)
  local provider = arguments.words[1]
  if #arguments.words > 1 then
    vim.fn.histdel('cmd', -1)
    say.error('the key is asked for, so that it is in no history: type only :Llm key ' .. provider)
    return
  elseif not provider then
    say.error('name a provider, such as :Llm key anthropic')
    return
  end
  require('llm-ls.server').ready(arguments.bufnr, function(_, err)
    if err then
      client.say(err)
      return
    end
    local key = vim.trim(vim.fn.inputsecret(('Key of %s (it is not shown): '):format(provider)))
    vim.cmd.redraw()
    if key ~= '' then
      send(provider, key)
    end
  end)
end

---`:Llm signin [PROVIDER]`
---@param arguments llm_ls.Arguments
function M.signin(arguments)
  client.operation('llm-ls.signIn', { provider = arguments.words[1] }, arguments.bufnr, {})
end

---`:Llm signout [PROVIDER]`
---@param arguments llm_ls.Arguments
function M.signout(arguments)
  client.operation('llm-ls.signOut', { provider = arguments.words[1] }, arguments.bufnr, {})
end

return M
