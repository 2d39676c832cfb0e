<?xml version="1.0" encoding="UTF-8"?>
<!-- Pages of xdocs to HTML. Parameter root: the way from the page up to the index ("", "../", …).
     A row's name and its attributes where, default and status become cells, in this order. -->
<xsl:stylesheet version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform">
  <xsl:output method="html" encoding="UTF-8" indent="no" doctype-system="about:legacy-compat"/>
  <xsl:param name="root"/>

  <xsl:template match="/document">
    <html lang="en">
      <head>
        <meta name="viewport" content="width=device-width, initial-scale=1"/>
        <title><xsl:value-of select="properties/title"/> – Yoke</title>
        <link rel="stylesheet" href="{$root}style.css"/>
      </head>
      <body>
        <nav>
          <a href="{$root}index.html">Yoke</a>
          <a href="{$root}howto/quick_start.html">Quick start</a>
          <a href="{$root}reference/apache.html">Directives</a>
          <a href="{$root}reference/workers.html">Workers</a>
          <a href="{$root}reference/uriworkermap.html">Rules</a>
          <a href="{$root}reference/status.html">Status</a>
          <a href="{$root}reference/verdicts.html">Verdicts</a>
          <a href="{$root}developer/architecture.html">Developers</a>
        </nav>
        <main>
          <h1><xsl:value-of select="properties/title"/></h1>
          <xsl:if test="count(body/section) &gt; 2 and not(properties/no-contents)">
            <ul class="contents">
              <xsl:for-each select="body/section">
                <li><a href="#{@id}"><xsl:value-of select="@name"/></a></li>
              </xsl:for-each>
            </ul>
          </xsl:if>
          <xsl:apply-templates select="body/node()"/>
        </main>
      </body>
    </html>
  </xsl:template>

  <xsl:template match="section">
    <section id="{@id}"><h2><xsl:value-of select="@name"/></h2><xsl:apply-templates/></section>
  </xsl:template>
  <xsl:template match="subsection">
    <section id="{@id}"><h3><xsl:value-of select="@name"/></h3><xsl:apply-templates/></section>
  </xsl:template>

  <xsl:template match="source"><pre><xsl:value-of select="."/></pre></xsl:template>
  <xsl:template match="note"><p class="note"><xsl:apply-templates/></p></xsl:template>
  <xsl:template match="img"><img src="{@src}" alt="{@alt}"/></xsl:template>
  <xsl:template match="p|ul|ol|li|code|em|strong">
    <xsl:copy><xsl:apply-templates/></xsl:copy>
  </xsl:template>

  <!-- Links between pages name the XML file, so that they can be checked in the sources. -->
  <xsl:template match="a">
    <xsl:variable name="before" select="substring-before(@href, '.xml')"/>
    <xsl:variable name="behind" select="substring-after(@href, '.xml')"/>
    <a>
      <xsl:attribute name="href">
        <xsl:choose>
          <xsl:when test="$before != '' and not(contains(@href, '://'))">
            <xsl:value-of select="concat($before, '.html', $behind)"/>
          </xsl:when>
          <xsl:otherwise><xsl:value-of select="@href"/></xsl:otherwise>
        </xsl:choose>
      </xsl:attribute>
      <xsl:apply-templates/>
    </a>
  </xsl:template>

  <xsl:template match="table">
    <div class="table"><table>
      <thead><tr><xsl:for-each select="head/cell"><th><xsl:apply-templates/></th></xsl:for-each></tr></thead>
      <tbody><xsl:apply-templates select="row"/></tbody>
    </table></div>
  </xsl:template>
  <xsl:template match="row">
    <tr>
      <xsl:copy-of select="@id"/>
      <xsl:if test="@name"><td><code><xsl:value-of select="@name"/></code></td></xsl:if>
      <xsl:if test="@where"><td><xsl:value-of select="@where"/></td></xsl:if>
      <xsl:if test="@default"><td><code><xsl:value-of select="@default"/></code></td></xsl:if>
      <xsl:if test="@status"><td><xsl:value-of select="@status"/></td></xsl:if>
      <xsl:for-each select="cell"><td><xsl:apply-templates/></td></xsl:for-each>
    </tr>
  </xsl:template>
</xsl:stylesheet>
