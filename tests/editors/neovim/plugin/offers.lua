-- What the plugin offers by name: sub-commands, maps, options.
require('llm-ls.chat').open({})
local plugs = {}
local maps = { vim.api.nvim_get_keymap('n'), vim.api.nvim_get_keymap('i'), vim.api.nvim_buf_get_keymap(0, 'n') }
for _, map in ipairs(vim.iter(maps):flatten():totable()) do
  if vim.startswith(map.lhs, '<Plug>(llm-') then
    table.insert(plugs, map.lhs)
  end
end
return {
  commands = vim.tbl_keys(require('llm-ls.commands').rows),
  plugs = plugs,
  options = vim.tbl_keys(require('llm-ls.config').options),
}
