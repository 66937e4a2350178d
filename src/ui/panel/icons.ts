import { html, type TemplateResult } from 'lit';

function icon(path: string, name = ''): TemplateResult {
  return html`<svg class="icon ${name}" viewBox="0 0 24 24" aria-hidden="true"><path d=${path}></path></svg>`;
}

export const closeIcon = icon('m6 6 12 12M18 6 6 18');
export const moreIcon = icon('M5 12h.01M12 12h.01M19 12h.01', 'bold');
export const sendIcon = icon(
  'M4.6 12h7.9M4.6 12 3.3 5.1c-.2-.9.7-1.6 1.5-1.2l15 7.2c.8.4.8 1.5 0 1.9l-15 7.2c-.8.4-1.7-.3-1.5-1.2L4.6 12Z',
  'directed',
);
export const attachIcon = icon(
  'm20 11.5-8.2 8.1a5 5 0 0 1-7.1-7.1l8.2-8.1a3.3 3.3 0 0 1 4.7 4.7l-8.2 8.1a1.7 1.7 0 0 1-2.4-2.4l7.6-7.4',
);
export const downIcon = icon('M12 5v14m-6-6 6 6 6-6');
export const markIcon = icon(
  'M12 4.5c4.7 0 8.3 3 8.3 6.9s-3.6 6.9-8.3 6.9c-.9 0-1.7-.1-2.5-.3L5.8 20l.6-3.1c-1.7-1.3-2.7-3.2-2.7-5.5 0-3.9 3.6-6.9 8.3-6.9ZM8.5 10.3h7M8.5 13h4.5',
);
export const pendingIcon = icon('M12 7.5V12l3 2M20 12a8 8 0 1 1-16 0 8 8 0 0 1 16 0Z');
export const sentIcon = icon('m6 12.5 4 4 8-9');
export const deliveredIcon = icon('m3 12.5 4 4 8-9m-3.5 8 1 1 8-9');
export const failedIcon = icon('M12 7.5v5m0 3.5v.1M20.5 12a8.5 8.5 0 1 1-17 0 8.5 8.5 0 0 1 17 0Z');
export const emptyIcon = icon(
  'M4 8c0-2.2 1.8-4 4-4h8c2.2 0 4 1.8 4 4v5c0 2.2-1.8 4-4 4h-3l-4 3.5V17H8c-2.2 0-4-1.8-4-4V8Z',
);
