import path from 'node:path';

/** Where secrets are compared with what somebody has sent. */
const GUARDED = /^src\/(lib\/server|routes)\//;

/** What a name ends with that may hold a secret: `token`, `code_hash`, `expectedSignature`. */
const SECRET =
  /(^|_|[a-z](?=[A-Z]))(token|secret|hash|signature|hmac|digest|proof|password|passphrase|nonce|pin)$/i;

/** What was scanned and is no ticket goes by its hash, which is an id. */
const HARMLESS = /^payload_?hash$/i;

const isLiteral = (node) =>
  node.type === 'Literal' ||
  (node.type === 'TemplateLiteral' && node.expressions.length === 0) ||
  (node.type === 'Identifier' && node.name === 'undefined');

/** The name that an expression goes by: a variable's, a property's, or a function's that makes it. */
function nameOf(node) {
  switch (node.type) {
    case 'Identifier':
      return node.name;
    case 'PrivateIdentifier':
      return node.name;
    case 'MemberExpression':
      return node.computed ? '' : nameOf(node.property);
    case 'ChainExpression':
    case 'TSNonNullExpression':
    case 'TSAsExpression':
    case 'AwaitExpression':
      return nameOf(node.expression ?? node.argument);
    default:
      return '';
  }
}

/** `hashToken(…)`, `secrets.proof(…).toString(…)`, `hash.digest('hex')`: what makes a secret's twin. */
const MAKERS = /^(hashToken|proof|proofOf|digest|secretProof|hashRecoveryCode)$/;

function isSecret(node) {
  if (node.type === 'CallExpression') {
    const made = node.callee.type === 'MemberExpression' && nameOf(node.callee) === 'toString';
    return made ? isSecret(node.callee.object) : MAKERS.test(nameOf(node.callee));
  }
  return SECRET.test(nameOf(node)) && !HARMLESS.test(nameOf(node));
}

/**
 * `===` stops at the first character that differs, and whoever measures well learns from that how far they are right.
 * What is looked up in the database by its hash tells nothing of the kind: `where` is not this rule's.
 */
const constantTime = {
  meta: {
    type: 'problem',
    schema: [],
    messages: {
      no: "'{{ name }}' may be a secret: compare it with sameText or sameBytes (src/lib/server/secrets.ts), whose time tells nothing.",
    },
  },
  create(context) {
    const file = path.relative(context.cwd, context.filename).split(path.sep).join('/');
    if (!GUARDED.test(file)) return {};
    return {
      BinaryExpression(node) {
        if (!/^[!=]==?$/.test(node.operator)) return;
        const { left, right } = node;
        if (isLiteral(left) || isLiteral(right)) return;
        const secret = [left, right].find(isSecret);
        if (secret)
          context.report({ node, messageId: 'no', data: { name: context.sourceCode.getText(secret) } });
      },
    };
  },
};

export default { rules: { 'constant-time': constantTime } };
