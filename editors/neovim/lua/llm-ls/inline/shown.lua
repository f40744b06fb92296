-- Hands suggestions to Neovim's inline completion, mends how it draws them, and tells the server what is seen.

local offers = require('llm-ls.inline.offers')

local M = {}

local DRAWN_IN = 'nvim.lsp.inline_completion'

---@class llm_ls.Inline What is known of a buffer.
---@field client vim.lsp.Client
---@field send function The client's own `request`.
---@field offers llm_ls.Offer[]
---@field invoked boolean Whether they were asked for, so that there are several.
---@field pending? {id?: integer, moment: string} The request under way.
---@field wished? 1|-1 Another one is to be shown as soon as Neovim can be given one.
---@field dismissed? string The moment at which the user wanted none.
---@field hand_over? fun(items: lsp.InlineCompletionItem[]) Has Neovim show the first of these in place of what it shows.
---@field shown llm_ls.ShownHere

---@class llm_ls.ShownHere What Neovim was given to show.
---@field key string Tells one from another; empty: nothing.
---@field fits llm_ls.Fit[]
---@field index integer Which of them is shown, as far as our own keys walk them.
---@field chosen? llm_ls.Offer The one that the user went to.
---@field told table<string, true?> The suggestions of which the server knows that they were seen.

---@class llm_ls.Fit An offer that fits the text as it is.
---@field offer llm_ls.Offer
---@field rest string

---@param fits llm_ls.Fit[]
---@param chosen? llm_ls.Offer
---@return llm_ls.Fit[] the same, from the chosen one on
local function from(fits, chosen)
  for number, fit in ipairs(fits) do
    if fit.offer == chosen then
      return vim.list_extend(vim.list_slice(fits, number), vim.list_slice(fits, 1, number - 1))
    end
  end
  return fits
end

---@param bufnr integer
---@param state llm_ls.Inline
---@param fit llm_ls.Fit
---@param cursor llm_ls.Cursor
---@return lsp.InlineCompletionItem
local function item_of(bufnr, state, fit, cursor)
  local last = cursor.col + fit.offer.over
  local range = { start_row = cursor.row, start_col = cursor.col, end_row = cursor.row, end_col = last }
  return {
    insertText = fit.rest,
    range = require('llm-ls.range').to_lsp(bufnr, range, state.client.offset_encoding),
    command = fit.offer.item.command,
  }
end

---Show these, of which the user sees one, and nothing else.
---@param bufnr integer
---@param state llm_ls.Inline
---@param fits llm_ls.Fit[]
function M.show(bufnr, state, fits)
  local shown, cursor = state.shown, offers.cursor()
  local key = '' ---@type string
  for _, fit in ipairs(fits) do
    key = ('%s%d %d %s\n'):format(key, cursor.row, cursor.col, fit.rest)
  end
  if key ~= shown.key and state.hand_over then
    shown.key, shown.fits, shown.index = key, from(fits, shown.chosen), 1
    state.hand_over(vim.tbl_map(function(fit)
      return item_of(bufnr, state, fit, cursor)
    end, shown.fits))
  end
  M._seen(bufnr, state)
end

---Show another one of them.
---@param bufnr integer
---@param state llm_ls.Inline
---@param count 1|-1
function M.step(bufnr, state, count)
  local shown = state.shown
  shown.index = (shown.index - 1 + count) % #shown.fits + 1
  shown.chosen = shown.fits[shown.index].offer
  vim.lsp.inline_completion.select({ bufnr = bufnr, count = count })
  M._seen(bufnr, state)
end

---@param bufnr integer
---@param state llm_ls.Inline
function M._seen(bufnr, state)
  local fit = state.shown.fits[state.shown.index]
  if not fit then
    return
  end
  M._mend(bufnr, fit)
  local item, told = fit.offer.item, state.shown.told
  local id = vim.tbl_get(item, 'command', 'arguments', 1) or item.insertText
  if not told[id] then
    told[id] = true
    ---@diagnostic disable-next-line: param-type-mismatch Neovim's types know only methods of the specification.
    state.client:notify('textDocument/didShowCompletion', { item = item })
  end
end

---Neovim 0.12.4 takes text behind the cursor that begins as the suggestion does, if only with half a character, for
---typed already, and leaves it out of what it draws.
---@param bufnr integer
---@param fit llm_ls.Fit
function M._mend(bufnr, fit)
  local namespace = vim.api.nvim_get_namespaces()[DRAWN_IN]
  local mark = namespace and vim.api.nvim_buf_get_extmarks(bufnr, namespace, 0, -1, { details = true })[1]
  local cursor, first = offers.cursor(), vim.split(fit.rest, '\n')[1]
  local drawn = mark and mark[4] --[[@as table?]]
  if not mark or not drawn or not drawn.virt_text or drawn.virt_text[1][1] == first then
    return
  end
  drawn.virt_text[1][1] = first
  vim.api.nvim_buf_set_extmark(bufnr, namespace, cursor.row, cursor.col, {
    id = mark[1],
    virt_text = drawn.virt_text,
    virt_text_pos = drawn.virt_text_pos,
    virt_lines = drawn.virt_lines,
    hl_mode = drawn.hl_mode,
  })
end

return M
