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

-- The names are repeated here so that nothing is loaded before the first of them is used.
for name in
  ('accept accept-all ask chat complete diff document edit explain fix model next prev reject reject-all retry stop test'):gmatch(
    '%S+'
  )
do
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
  callback = function()
    vim.schedule(function()
      require('llm-ls.server').enable()
    end)
  end,
})
