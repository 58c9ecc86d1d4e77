/** Names under in-addr.arpa and ip6.arpa. */

/** The address of a reverse name, or undefined. */
export function reverseAddress(name: string): string | undefined {
  const v4 = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.in-addr\.arpa\.$/.exec(name);
  if (v4) return [v4[4], v4[3], v4[2], v4[1]].join('.');
  const v6 = /^((?:[0-9a-f]\.){32})ip6\.arpa\.$/.exec(name);
  if (!v6) return undefined;
  const digits = (v6[1] as string).split('.').slice(0, 32).reverse().join('');
  return compress((digits.match(/.{4}/g) ?? []).map((group) => group.replace(/^0{1,3}/, '')));
}

/** The longest run of zeros becomes `::`, as RFC 5952 has it. */
function compress(groups: readonly string[]): string {
  let best = { start: -1, length: 1 };
  for (let i = 0; i < groups.length; i++) {
    let length = 0;
    while (groups[i + length] === '0') length++;
    if (length > best.length) best = { start: i, length };
  }
  if (best.start < 0) return groups.join(':');
  return `${groups.slice(0, best.start).join(':')}::${groups.slice(best.start + best.length).join(':')}`;
}
