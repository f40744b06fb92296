-- `:Llm diff`: the text beside what it would become, in Neovim's own diff mode, where `do` and `dp` work.

local review = require('llm-ls.review')
local say = require('llm-ls.say')

local M = {}

---@param bufnr integer
---@param id string
---@return string[] the text with all hunks of the edit
local function proposed(bufnr, id)
  local lines = vim.api.nvim_buf_get_lines(bufnr, 0, -1, false)
  local places = review.places(bufnr)
  for index = #places, 1, -1 do
    local hunk = places[index].hunk
    if places[index].id == id then
      local after = vim.list_slice(lines, hunk.row + #hunk.old + 1)
      lines = vim.list_extend(vim.list_extend(vim.list_slice(lines, 1, hunk.row), hunk.new), after)
    end
  end
  return lines
end

---Show the edit at the cursor as a diff in a tab page of its own.
function M.open()
  local bufnr = vim.api.nvim_get_current_buf()
  local proposal = review.current_proposal(bufnr)
  if not proposal then
    say.info('no edit is under review in this buffer')
    return
  end
  local id = proposal.id
  local lines = proposed(bufnr, id)
  vim.cmd('tab split')
  local tab = vim.api.nvim_get_current_tabpage()
  vim.cmd.diffthis()
  vim.cmd('rightbelow vertical new')
  local scratch = vim.api.nvim_get_current_buf()
  vim.api.nvim_buf_set_lines(scratch, 0, -1, false, lines)
  vim.bo[scratch].buftype, vim.bo[scratch].bufhidden, vim.bo[scratch].swapfile = 'nofile', 'wipe', false
  pcall(vim.api.nvim_buf_set_name, scratch, ('llm-ls://%s/%s'):format(id, vim.fn.bufname(bufnr)))
  vim.bo[scratch].filetype = vim.bo[bufnr].filetype
  vim.bo[scratch].modified = false
  vim.cmd.diffthis()
  vim.cmd.wincmd('p')
  review.hide(bufnr, true)
  vim.api.nvim_create_autocmd('BufWipeout', {
    buffer = scratch,
    once = true,
    callback = vim.schedule_wrap(function()
      M._close(bufnr, tab)
    end),
  })
end

---@param bufnr integer
---@param tab integer
function M._close(bufnr, tab)
  if vim.api.nvim_tabpage_is_valid(tab) then
    for _, window in ipairs(vim.api.nvim_tabpage_list_wins(tab)) do
      if vim.api.nvim_win_get_buf(window) == bufnr then
        vim.api.nvim_win_call(window, vim.cmd.diffoff)
      end
    end
    if #vim.api.nvim_list_tabpages() > 1 and #vim.api.nvim_tabpage_list_wins(tab) == 1 then
      vim.cmd.tabclose(vim.api.nvim_tabpage_get_number(tab))
    end
  end
  review.hide(bufnr, false)
end

return M
