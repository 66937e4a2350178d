import type { Messages } from '../messages.ts';
import { errorTexts, languageRules } from './language-rules.ts';

const { number, plural, list, clockTime } = languageRules('es');

const ended = 'Esta conversación ha finalizado. Envíe un mensaje para iniciar otra.';
const signedOut = 'La sesión se ha cerrado. Inicie sesión para continuar.';
const refused = 'No se ha podido enviar su consulta.';
const unconfirmed = 'No se ha podido confirmar. Revise la conversación antes de reintentar.';

export const texts: Messages = {
  language: 'es',
  chat: 'Chat',
  heading: 'Hable con nosotros',
  close: 'Cerrar',
  more: 'Más opciones',
  end: 'Finalizar la conversación',
  endConfirm: '¿Finalizar la conversación?',
  clear: 'Eliminar la conversación',
  clearConfirm: '¿Finalizar la conversación y eliminar todos sus mensajes? No se puede deshacer.',
  cancel: 'Cancelar',
  delete: 'Eliminar',
  saveText: 'Guardar la conversación',
  startAgain: 'Nueva conversación',
  signIn: 'Iniciar sesión',
  unread: (count) => plural(count, { one: '# mensaje sin leer', other: '# mensajes sin leer' }),
  panelMissing: 'No se ha podido cargar el chat. Compruebe su conexión e inténtelo de nuevo.',
  conversation: 'Conversación',
  message: 'Mensaje',
  placeholder: 'Escriba un mensaje…',
  send: 'Enviar',
  welcome: {
    title: '¿En qué podemos ayudarle?',
    text: 'Escríbanos. Puede seguir navegando: le avisaremos cuando respondamos.',
  },
  you: 'Usted',
  senderNames: { agent: 'Nuestro equipo', bot: 'Asistente virtual' },
  today: 'Hoy',
  yesterday: 'Ayer',
  loadEarlier: 'Cargar mensajes anteriores',
  loading: 'Cargando…',
  newMessages: 'Mensajes nuevos',
  newConversation: 'Nueva conversación',
  jump: 'Ir a los últimos mensajes',
  jumpCount: (count) => plural(count, { one: '# nuevo', other: '# nuevos' }),
  missing: (count) =>
    plural(count, { one: 'Aquí falta # mensaje', other: 'Aquí faltan # mensajes' }),
  announcement: (name, text) => `${name}: ${text}`,
  announcementCount: (count) =>
    plural(count, { one: '# mensaje nuevo', other: '# mensajes nuevos' }),
  typing: (name) => `${name} está escribiendo…`,
  files: {
    attach: 'Adjuntar un archivo',
    drop: 'Suelte aquí los archivos para enviarlos',
    queued: 'Esperando el archivo anterior…',
    waiting: 'Esperando la conexión…',
    asking: 'Preparando…',
    uploading: 'Subiendo…',
    checking: 'Comprobando…',
    sent: (name) => `${name} se ha enviado.`,
    atMost: (size) => `Tamaño máximo: ${size}.`,
  },
  choices: 'Respuestas sugeridas',
  noTimes: 'No hay horarios disponibles en este momento.',
  declined: {
    'co-browse':
      'En esta conversación no se puede compartir la pantalla. La solicitud se ha rechazado.',
    video: 'En esta conversación no hay videollamadas. La solicitud se ha rechazado.',
  },
  notShown: (title) =>
    title === null
      ? 'Este contenido no se puede mostrar aquí.'
      : `Este contenido no se puede mostrar aquí: ${title}`,
  expiring: (time) => `Hora de cierre: ${time}. Escriba para mantener abierta la conversación.`,
  outcome: {
    pending: 'Enviando…',
    sent: 'Enviado',
    delivered: 'Entregado',
    read: 'Leído',
    failed: 'No enviado',
  },
  notSent: (count) =>
    plural(count, {
      one: 'No se ha enviado # mensaje.',
      other: 'No se han enviado # mensajes.',
    }),
  retry: 'Reintentar',
  phase: {
    offline: 'Sin conexión a Internet. Enviaremos sus mensajes cuando vuelva.',
    connecting: 'Conectando…',
    ready: 'En línea',
    routing: 'Iniciando la conversación…',
    waiting: 'No se puede conectar en este momento. Enviaremos sus mensajes en cuanto sea posible.',
    polling: 'Conexión lenta. Los mensajes pueden tardar un poco más.',
    'signed-out': signedOut,
    failed: 'Sin conexión',
  },
  retryIn: (seconds) =>
    seconds > 0 ? `Nuevo intento dentro de ${number(seconds)} s` : 'Intentándolo de nuevo…',
  retryNow: 'Reintentar ahora',
  reload: 'Recargar la página',
  newerVersion: 'Hay una versión más reciente de esta página.',
  update: 'Actualizar',
  notStored: 'El historial no se guardará en este navegador.',
  queued: 'En espera de un agente…',
  queuedAt: (position) => `En espera de un agente. Su posición en la cola: ${number(position)}.`,
  joined: (name) => `${name ?? 'Un agente'} se ha unido a la conversación.`,
  left: 'El agente ha salido de la conversación. Escríbanos si necesita algo más.',
  ended,
  ending: {
    pending: 'Finalizando la conversación…',
    unconfirmed:
      'No se ha podido confirmar el final de la conversación. Reinténtelo o envíe un mensaje para continuar.',
    refused: 'No se ha podido finalizar la conversación.',
  },
  routing: {
    refused,
    continueWith: (skillGroups) => `Continuar con ${list(skillGroups)}`,
    uncovered: (skillGroups) => `Ahora mismo no hay nadie disponible en ${list(skillGroups)}.`,
    wait: 'Esperar de todos modos',
    leave: 'Ahora no',
    unchecked: 'No podemos contactar con el equipo adecuado. Seguiremos intentándolo.',
    stalled: (since) => `En cola desde: ${clockTime(since)}. Gracias por su paciencia.`,
  },
  tooLong: (length, maximum) =>
    `A este mensaje le ${plural(length - maximum, { one: 'sobra # carácter', other: 'sobran # caracteres' })}. Acórtelo o envíelo por partes.`,
  length: (length, maximum) => `${number(length)} / ${number(maximum)}`,
  noRouting: 'El chat no está disponible en esta página.',
  notReady: 'El chat aún se está cargando. Inténtelo de nuevo dentro de un momento.',
  error: errorTexts(
    {
      'empty-message': 'Escriba primero un mensaje.',
      'message-too-long': 'Este mensaje es demasiado largo. Acórtelo o envíelo por partes.',
      'no-conversation': 'Envíe un mensaje para iniciar una conversación.',
      'unknown-message': 'Este mensaje ya no está disponible.',
      'not-failed': 'Este mensaje ya se está enviando.',
      timeout: unconfirmed,
      'unknown-outcome': unconfirmed,
      unreachable: 'No se ha podido iniciar el chat. Recargue la página.',
      outdated: 'Hay una versión más reciente de esta página. Recárguela: su borrador se conserva.',
      'signed-out': signedOut,
      'routing-refused': refused,
      evicted:
        'Esta conversación está abierta en demasiados lugares. Cierre uno e inténtelo de nuevo.',
      'conversation-deleted': 'Esta conversación se ha eliminado.',
      'conversation-ended': ended,
      'conversation-not-found': ended,
      undelivered: 'Este mensaje no se ha podido entregar. Envíelo de nuevo.',
      'session-replaced': 'Su conversación en otro dispositivo se ha cerrado.',
      rejected: 'No se ha podido enviar. Modifíquelo e inténtelo de nuevo.',
      'rate-limited': 'Hay una pequeña demora. Espere un momento.',
      unauthorized: 'No se ha podido confirmar su inicio de sesión. Inicie sesión de nuevo.',
      'origin-refused': 'El chat no está disponible en este sitio.',
      forbidden: 'Esta opción no está disponible en esta conversación.',
      unavailable: 'El chat no está disponible temporalmente. Inténtelo de nuevo más tarde.',
      network: 'Sin conexión. Compruebe su acceso a Internet.',
      store: 'El navegador no ha podido guardarlo.',
      'file-type': 'Aquí no se pueden enviar archivos de este tipo.',
      'file-size': 'Este archivo es demasiado grande.',
      'file-empty': 'Este archivo está vacío.',
      'file-extension':
        'Al nombre del archivo le falta una extensión, como .pdf. Añádala e inténtelo de nuevo.',
      'file-name': 'No se acepta este nombre de archivo. Cámbielo e inténtelo de nuevo.',
      'file-content': 'No se ha podido aceptar este archivo. Pruebe con otro.',
      'file-lost': 'No se ha podido enviar el archivo. Compruebe su conexión e inténtelo de nuevo.',
      'file-gone': 'Este archivo ya no está disponible.',
    },
    'Algo ha salido mal. Inténtelo de nuevo.',
  ),
};
