import { declareClassPlugin, PluginKind } from '@stryker-mutator/api/plugin';

/** Where a text is for people alone: what it says is read, not tested. */
const forPeople = new Set(['message', 'detail', 'reason', 'description']);

class IgnoreWords {
  shouldIgnore(path) {
    const isText = path.isStringLiteral() || path.isTemplateLiteral();
    if (!isText) return undefined;
    const { parentPath } = path;
    if (parentPath?.isNewExpression()) return 'the text of an error';
    if (parentPath?.isObjectProperty() && forPeople.has(parentPath.node.key.name)) {
      return 'a text for people';
    }
    if (parentPath?.isCallExpression() && isNote(parentPath.node.callee)) return 'a log line';
    return undefined;
  }
}

function isNote(callee) {
  const name = callee.type === 'MemberExpression' ? callee.property.name : callee.name;
  return ['note', 'log', 'warn', 'error', 'info', 'debug', 'describe'].includes(name);
}

export const strykerPlugins = [declareClassPlugin(PluginKind.Ignore, 'words', IgnoreWords)];
