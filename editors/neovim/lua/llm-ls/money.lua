-- Dollars, as short as they can be told without hiding them.

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

return M
