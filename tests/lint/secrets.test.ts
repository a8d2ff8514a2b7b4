import { ESLint } from 'eslint';
import tseslint from 'typescript-eslint';
import { describe, expect, test } from 'vitest';

// The project's own configuration, without the rules that need a file on disk to know its types.
const eslint = new ESLint({ overrideConfig: [tseslint.configs.disableTypeChecked] });

async function complaints(code: string, filePath = 'src/lib/server/devices.ts'): Promise<string[]> {
  const [result] = await eslint.lintText(`export const same = ${code};\n`, { filePath });
  return (result?.messages ?? [])
    .filter(({ ruleId }) => ruleId === 'house/constant-time')
    .map(({ message }) => message);
}

describe('secrets are not compared character by character', () => {
  test.each([
    'token === given',
    'device.token_hash !== hash',
    'expectedSignature == sent',
    'kept?.body_proof === proof',
    'hashToken(given) === kept',
    "hash.copy().digest('hex') !== end.sha256",
    "secrets.proof('seal', bytes).toString('hex') === sent",
  ])('%s', async (code) => {
    expect(await complaints(code)).toEqual([expect.stringContaining('sameText or sameBytes')]);
    expect(await complaints(code, 'src/routes/api/answer.ts')).toHaveLength(1);
  });
});

describe('what gives nothing away is let be', () => {
  test.each([
    'token === null',
    'token !== undefined',
    "secret === ''",
    "typeof token === 'string'",
    "error.code === 'ENOENT'",
    'statusCode === expected',
    'tokens.length === count',
    'scan.payload_hash === other.payload_hash',
    'sameText(token, given)',
  ])('%s', async (code) => {
    expect(await complaints(code)).toEqual([]);
  });

  test('and so is what runs on the tablet, which holds no secret of others', async () => {
    expect(await complaints('token === given', 'src/lib/door/pairing.ts')).toEqual([]);
  });
});
