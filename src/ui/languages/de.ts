import type { Texts } from '../texts.ts';
import { troubleBy, wordsOf } from './words.ts';

const { number, plural, listed, clockTime } = wordsOf('de');

export const texts: Texts = {
  language: 'de',
  chat: 'Chat',
  heading: 'Chatten Sie mit uns',
  close: 'Schließen',
  more: 'Mehr',
  end: 'Gespräch beenden',
  saveText: 'Als Text speichern',
  saveJson: 'Als JSON speichern',
  startAgain: 'Neu beginnen',
  signIn: 'Anmelden',
  unread: (count) =>
    plural(count, { one: '# ungelesene Nachricht', other: '# ungelesene Nachrichten' }),
  panelMissing:
    'Der Chat konnte nicht geladen werden. Prüfen Sie Ihre Verbindung und versuchen Sie es noch einmal.',
  conversation: 'Gespräch',
  message: 'Nachricht',
  placeholder: 'Nachricht schreiben…',
  send: 'Senden',
  welcome: {
    title: 'Wie können wir helfen?',
    text: 'Schreiben Sie uns hier. Sie können weiter stöbern: Das Gespräch kommt mit.',
  },
  you: 'Sie',
  today: 'Heute',
  yesterday: 'Gestern',
  earlier: 'Frühere Nachrichten',
  loadingEarlier: 'Wird geladen…',
  newMessages: 'Neu',
  newConversation: 'Ein neues Gespräch',
  jump: 'Zum Neuesten',
  jumpCount: (count) => `${number(count)} neu`,
  missing: (count) =>
    plural(count, { one: 'Hier fehlt # Nachricht', other: 'Hier fehlen # Nachrichten' }),
  said: (name, text) => `${name}: ${text}`,
  saidMany: (count) => plural(count, { one: '# neue Nachricht', other: '# neue Nachrichten' }),
  typing: (name) => `${name} schreibt…`,
  outcome: {
    pending: 'Wartet auf das Senden',
    sent: 'Gesendet',
    delivered: 'Zugestellt',
    read: 'Gelesen',
    failed: 'Nicht gesendet',
  },
  notSent: (count) =>
    plural(count, {
      one: '# Nachricht wurde nicht gesendet.',
      other: '# Nachrichten wurden nicht gesendet.',
    }),
  retry: 'Noch einmal',
  discard: 'Verwerfen',
  phase: {
    offline: 'Sie sind offline. Was Sie schreiben, wird aufbewahrt und später gesendet.',
    connecting: 'Verbindung wird hergestellt…',
    authenticating: 'Verbindung wird hergestellt: Anmeldung…',
    ready: 'Verbunden',
    routing: 'Verbunden. Ihr Gespräch wird eröffnet…',
    waiting: 'Zurzeit nicht erreichbar. Was Sie schreiben, wird aufbewahrt und später gesendet.',
    polling: 'Langsame Verbindung. Nachrichten kommen und gehen trotzdem.',
    'signed-out': 'Sie sind abgemeldet. Melden Sie sich wieder an, um fortzufahren.',
    failed: 'Nicht verbunden.',
  },
  starting: 'Wird gestartet…',
  retryIn: (seconds) =>
    seconds > 0 ? `Neuer Versuch in ${number(seconds)} s` : 'Neuer Versuch läuft…',
  retryNow: 'Jetzt versuchen',
  reload: 'Seite neu laden',
  notKept: 'Der Verlauf wird in diesem Browser nicht aufbewahrt.',
  queued: 'Gleich ist jemand für Sie da…',
  queuedAt: (position) =>
    `Gleich ist jemand für Sie da. Sie sind an ${number(position)}. Stelle der Warteschlange.`,
  joined: 'Jetzt ist jemand für Sie da.',
  ended: 'Dieses Gespräch ist beendet. Mit einer neuen Nachricht beginnt ein neues.',
  routing: {
    refused: () => 'Ihre Anfrage konnte nicht weitergeleitet werden.',
    goOn: (skillGroups) => `Weiter mit ${listed(skillGroups)}`,
    uncovered: (skillGroups) => `Von ${listed(skillGroups)} ist zurzeit niemand da.`,
    wait: 'Trotzdem warten',
    leave: 'Jetzt nicht',
    unchecked: 'Das richtige Team ist gerade nicht zu finden. Es wird von selbst weiter versucht.',
    stalled: (since) => `Sie warten seit ${clockTime(since)}. Bitte haben Sie noch etwas Geduld.`,
  },
  tooLong: (length, maximum) =>
    `Diese Nachricht ist um ${plural(length - maximum, { one: '# Zeichen', other: '# Zeichen' })} zu lang. Kürzen Sie sie oder senden Sie sie in Teilen.`,
  length: (length, maximum) => `${number(length)} / ${number(maximum)}`,
  noRouting: 'Diese Seite hat nicht gesagt, wer antworten soll. Die Nachricht ging nicht hinaus.',
  notReady: 'Der Chat startet noch. Versuchen Sie es gleich noch einmal.',
  trouble: troubleBy(
    {
      timeout: 'Es kam keine Antwort. Versuchen Sie es noch einmal.',
      'unknown-outcome': 'Es ist nicht sicher, ob das angekommen ist.',
      unreachable: 'Der Chat konnte nicht gestartet werden. Laden Sie die Seite neu.',
      outdated:
        'Es gibt eine neuere Fassung dieser Seite. Laden Sie sie neu; Ihr Entwurf bleibt erhalten.',
      'signed-out': 'Ihre Sitzung ist zu Ende. Melden Sie sich wieder an.',
      'conversation-ended': 'Dieses Gespräch ist beendet.',
      'conversation-not-found': 'Dieses Gespräch gibt es nicht mehr.',
      rejected: 'Diese Nachricht wurde nicht angenommen.',
      'rate-limited': 'Das waren zu viele Nachrichten auf einmal. Warten Sie einen Moment.',
      unauthorized: 'Die Anmeldung wurde nicht angenommen.',
      forbidden: 'Das ist hier nicht erlaubt.',
      unavailable: 'Der Dienst ist zurzeit nicht erreichbar.',
      network: 'Das Netz ist zurzeit nicht erreichbar.',
      store: 'Der Browser konnte das nicht aufbewahren.',
    },
    'Das hat nicht geklappt. Versuchen Sie es noch einmal.',
  ),
};
