/**
 * kernel/printk/printk.c: "[%5lu.%06lu]", then with CONFIG_PRINTK_CALLER "[%*s]" holding T<pid> or C<cpu>. It may stand
 * after other text: printk does not wait for a program (a login prompt) to end its line.
 */
export const kernelStamp: RegExp = /\[ {0,4}\d{1,10}\.\d{6}\](?:\[ {0,8}[TC]\d{1,10}\])?/;

/**
 * Where the message begins of a line that begins with a stamp and a space, 0 for other lines. Every line of a flood is
 * asked, so the answer is a number: `exec` would make an array of texts.
 */
export const stampedMessageStart = (text: string): number => {
  if (text.charCodeAt(0) !== openingBracket) return 0;
  leadingStamp.lastIndex = 0;
  return leadingStamp.test(text) ? leadingStamp.lastIndex : 0;
};

const leadingStamp = new RegExp(`${kernelStamp.source} `, "y");
const openingBracket = "[".charCodeAt(0);
