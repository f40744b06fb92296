-- What the plugin does when Neovim starts: the command, the `<Plug>` maps, and the server on the first file.

if vim.g.loaded_llm_ls then
  return
end
vim.g.loaded_llm_ls = true

vim.api.nvim_create_user_command('Llm', function(given)
  require('llm-ls.commands').run(given)
end, {
  nargs = '*',
  bang = true,
  range = true,
  desc = 'Ask a language model: edit, fix, explain, chat, ...',
  complete = function(lead, line)
    return require('llm-ls.commands').complete(lead, line)
  end,
})

-- The sub-commands are named here again, so that none of their modules is loaded before it is used.
local names = 'accept accept-all ask chat commit complete diff document edit explain fix key log model next prev prompt '
  .. 'reject reject-all restart retry signin signout status stop test usage'
for name in names:gmatch('%S+') do
  vim.keymap.set({ 'n', 'x' }, ('<Plug>(llm-%s)'):format(name), function()
    require('llm-ls.commands').plug(name)
  end, { desc = 'llm-ls: ' .. name })
end

local options = vim.g.llm_ls
if options == false or (type(options) == 'table' and options.enabled == false) then
  return
end
if vim.fn.has('nvim-0.11') == 0 then
  return
end
vim.api.nvim_create_autocmd('FileType', {
  group = vim.api.nvim_create_augroup('llm-ls', {}),
  desc = 'Start llm-ls with the first file',
  once = true,
  callback = vim.schedule_wrap(function()
    require('llm-ls.server').enable()
  end),
})
