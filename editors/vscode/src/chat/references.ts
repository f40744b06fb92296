// Which references of a question the user gave, and which VS Code added by itself, as their ids tell.

/** What VS Code tells its own agents; older versions gave it an id among those of instructions. */
const INDEX = /^vscode\.customizations\./;
const INSTRUCTIONS = /^vscode\.(prompt\.)?instructions/;
/** What is picked by hand under *Instructions…* has such an id, too: it goes along, and is listed as used. */
const MAY_BE_PICKED = /\.root__.*\.instructions\.md$/;

/** Once Chat's agent mode was used, VS Code adds such to every question, whoever is asked. */
export function isAddedByItself(id: string): boolean {
  return INDEX.test(id) || (INSTRUCTIONS.test(id) && !MAY_BE_PICKED.test(id));
}
