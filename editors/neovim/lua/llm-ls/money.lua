-- Dollars and tokens, as short as they can be told without hiding them.

local M = {}

---@param usd number
---@return string
function M.text(usd)
  if usd <= 0 then
    return '$0'
  elseif usd < 0.00005 then
    return 'under $0.0001'
  elseif usd < 0.1 then
    return ('$%.4f'):format(usd)
  end
  return ('$%.2f'):format(usd)
end

---@param count integer
---@return string
function M.tokens(count)
  return count < 10000 and tostring(count) or ('%.1fk'):format(count / 1000)
end

---What was spent in all; empty if that is nothing.
---@param usage? llm_ls.Usage
---@return string
function M.spent(usage)
  local tokens = usage and usage.inputTokens + usage.outputTokens or 0
  if not usage or tokens == 0 then
    return ''
  end
  local cost = usage.costUsd and M.text(usage.costUsd) .. ' · ' or ''
  return ('%s%s tok'):format(cost, M.tokens(tokens))
end

---Both together; what has no known price is left out of the dollars.
---@param one? llm_ls.Usage
---@param other? llm_ls.Usage
---@return llm_ls.Usage?
function M.sum(one, other)
  if not (one and other) then
    return one or other
  end
  local priced = one.costUsd or other.costUsd
  return {
    inputTokens = one.inputTokens + other.inputTokens,
    outputTokens = one.outputTokens + other.outputTokens,
    costUsd = priced and (one.costUsd or 0) + (other.costUsd or 0) or nil,
  }
end

return M
