<%@ page contentType="text/html; charset=UTF-8" session="false" %><!DOCTYPE html>
<html lang="en">
<head><meta charset="utf-8"><title>JSP on Tomcat @n@</title></head>
<body>
<h1>This is Tomcat @n@</h1>
<p>A JSP page, asked for as <%= request.getRequestURI() %> by <%= request.getRemoteAddr() %>.</p>
</body>
</html>
