import { getLocale, getTextDirection } from '$lib/i18n';

type Side = 'left' | 'right';

const STORED_AS = 'einlass-hand';

/** With which hand the tablet is used; remembered on this tablet. */
class Hand {
  private readonly leftToRight = getTextDirection(getLocale()) === 'ltr';
  /** Until somebody chooses, the controls stand where a line of the language ends. */
  side = $state<Side>(storedSide() ?? (this.leftToRight ? 'right' : 'left'));

  /** Whether the controls stand where a line begins instead. */
  get mirrored(): boolean {
    return (this.side === 'left') === this.leftToRight;
  }

  change(): void {
    this.side = this.side === 'left' ? 'right' : 'left';
    localStorage.setItem(STORED_AS, this.side);
  }
}

function storedSide(): Side | null {
  const stored = localStorage.getItem(STORED_AS);
  return stored === 'left' || stored === 'right' ? stored : null;
}

export const hand = new Hand();
