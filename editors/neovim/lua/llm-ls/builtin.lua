-- Tells Neovim's own functions from those that a user or a plugin has put in their place.

local M = {}

---Whether `fn` is Neovim's own, which blocks until it is answered in the case of `vim.ui`.
---@param fn function
---@return boolean
function M.is_own(fn)
  local source = assert(debug.getinfo(fn, 'S')).source
  return vim.startswith(source, '@' .. vim.env.VIMRUNTIME) or source:match('^@vim/') ~= nil
end

return M
