/** A piece of rich text. A line break is `\n` in a `text`. */
export type RichTextNode = InlineNode | ListNode;

export type InlineNode =
  | { readonly type: 'text'; readonly text: string }
  | {
      readonly type: 'link';
      /** An absolute http, https, mailto or tel URL. */
      readonly href: string;
      readonly children: readonly InlineNode[];
    }
  | {
      readonly type: 'bold' | 'italic' | 'struck';
      readonly children: readonly InlineNode[];
    };

/** It begins and ends a line of its own. */
export interface ListNode {
  readonly type: 'list';
  readonly isOrdered: boolean;
  readonly items: readonly ListItem[];
}

export interface ListItem {
  /** As written; `null` in an unordered list. */
  readonly number: number | null;
  /** The item's text, then the lists below it. */
  readonly children: readonly RichTextNode[];
}
